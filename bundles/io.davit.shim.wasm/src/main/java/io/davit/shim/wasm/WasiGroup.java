package io.davit.shim.wasm;

/** Which class answers a {@link WasiFunction}. */
enum WasiGroup {
    PROCESS,
    FD,
    TRANSFER,
    PATH,
    SOCKET
}

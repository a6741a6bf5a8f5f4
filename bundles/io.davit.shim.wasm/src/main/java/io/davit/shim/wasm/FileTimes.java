package io.davit.shim.wasm;

/** New times of a file, in nanoseconds since 1970; {@code null} leaves one as it is. */
record FileTimes(Long accessed, Long modified) {}

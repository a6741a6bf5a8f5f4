package io.davit.shim.wasm;

/** Hears of the ranges of a guest's memory that the host writes. */
interface HostWrites {
    void wrote(int address, int length);
}

package io.davit.shim.wasm;

import io.davit.api.task.Exit;

/** Hears how a process ends. Called once, with no lock held, before anybody else learns of it. */
interface ProcessListener {
    void ended(WasmProcess process, Exit exit, boolean outOfMemory);
}

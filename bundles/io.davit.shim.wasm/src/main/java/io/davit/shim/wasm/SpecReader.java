package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciResources;

/** Reads what a task's specification asks of this runtime. */
interface SpecReader {
    /**
     * Reads the specification of a task.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed; {@code NOT_IMPLEMENTED}
     *     naming a field that asks for what this runtime cannot give
     */
    GuestSpec read(OciBundle bundle) throws DavitException;

    /**
     * Reads the specification of a further process.
     *
     * @throws DavitException as {@link #read}
     */
    GuestProgram read(OciProcess process) throws DavitException;

    /**
     * Reads new limits: the most linear memory in bytes, or -1 if they do not say.
     *
     * @throws DavitException as {@link #read}
     */
    long memoryLimit(OciResources resources) throws DavitException;
}

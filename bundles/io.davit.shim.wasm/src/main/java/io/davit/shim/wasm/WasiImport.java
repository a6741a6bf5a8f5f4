package io.davit.shim.wasm;

import run.endive.runtime.Instance;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.runtime.WasmInterruptedException;

/**
 * A host function as the engine calls it. Knows no guest: it finds the one of the thread, so that
 * one object serves all instances of all modules.
 */
final class WasiImport implements WasmFunctionHandle {
    private static final long[] SUCCESS = {0};

    private final WasiFunction function;

    WasiImport(WasiFunction function) {
        this.function = function;
    }

    @Override
    public long[] apply(Instance instance, long... args) {
        Guest guest = GuestThread.current().guest();
        GuestControl control = guest.control();
        control.enterHost();
        HostJournal journal = guest.journal();
        Errno errno = journal == null ? call(guest, args) : journal.call(this, guest, args);
        if (control.leaveHost()) {
            throw new WasmInterruptedException("killed");
        }
        return errno == Errno.SUCCESS ? SUCCESS.clone() : new long[] {errno.ordinal()};
    }

    WasiFunction function() {
        return function;
    }

    /** Does what the function does. */
    Errno call(Guest guest, long[] args) {
        try {
            switch (function.group()) {
                case PROCESS -> WasiProcessCalls.call(function, guest, args);
                case FD -> WasiFdCalls.call(function, guest, args);
                case TRANSFER -> WasiTransferCalls.call(function, guest, args);
                case PATH -> WasiPathCalls.call(function, guest, args);
                default -> throw new ErrnoException(Errno.NOTSUP);
            }
            return Errno.SUCCESS;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }
}

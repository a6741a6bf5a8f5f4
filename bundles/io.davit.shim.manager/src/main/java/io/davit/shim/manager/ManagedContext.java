package io.davit.shim.manager;

import io.davit.api.shim.StartShim;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.spi.shim.ShimContext;

import java.util.Optional;

/**
 * What one instance of a plugin knows about its task, and its line to the shim; cut when the
 * instance is taken away.
 */
final class ManagedContext implements ShimContext {
    private final StartShim request;

    /** Emptied when the line is cut; read by any thread. */
    private volatile ShimSeat seat;

    /** Makes a context whose line is cut from the beginning, for a clean-up. */
    ManagedContext(StartShim request) {
        this.request = request;
    }

    /** Makes a context of a shim. */
    ManagedContext(StartShim request, ShimSeat seat) {
        this.request = request;
        this.seat = seat;
    }

    void cut() {
        seat = null;
    }

    @Override
    public OciBundle bundle() {
        return request.bundle();
    }

    @Override
    public String runtime() {
        return request.runtime();
    }

    @Override
    public Optional<TypedValue> options() {
        return request.options();
    }

    @Override
    public Optional<String> sandbox() {
        return request.sandbox();
    }

    @Override
    public void exited(String execId, Exit exit) {
        ShimSeat now = seat;
        if (now != null) {
            now.exited(execId, exit);
        }
    }

    @Override
    public void outOfMemory() {
        ShimSeat now = seat;
        if (now != null) {
            now.outOfMemory();
        }
    }

    @Override
    public void reachable(boolean reachable) {
        ShimSeat now = seat;
        if (now != null) {
            now.reachable(reachable);
        }
    }
}

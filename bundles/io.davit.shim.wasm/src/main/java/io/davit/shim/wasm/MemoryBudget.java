package io.davit.shim.wasm;

import java.util.concurrent.atomic.AtomicLong;

/** The heap that all guests together may fill. Safe for use by many threads; never blocks. */
final class MemoryBudget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    MemoryBudget(long most) {
        this.most = most;
    }

    /** Sets bytes aside; {@code false} when there is no room. */
    boolean take(long bytes) {
        long now = taken.addAndGet(bytes);
        if (now <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }

    long most() {
        return most;
    }
}

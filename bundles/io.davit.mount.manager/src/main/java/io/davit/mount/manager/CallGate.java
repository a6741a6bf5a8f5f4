package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets calls in until it is closed, and lets those inside end. */
final class CallGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();

    /** Guarded by {@link #lock}. */
    private int inside;

    /** Guarded by {@link #lock}. */
    private boolean closed;

    /**
     * Runs a call.
     *
     * @throws DavitException {@code UNAVAILABLE} if the gate is closed; what the call throws
     */
    <T> T call(Supplier<T> call) throws DavitException {
        enter();
        try {
            return call.get();
        } finally {
            leave();
        }
    }

    private void enter() {
        lock.lock();
        try {
            if (closed) {
                throw new DavitException(Kind.UNAVAILABLE, "the mount manager is stopping");
            }
            inside++;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            if (--inside == 0) {
                empty.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the gate and waits for the calls inside.
     *
     * @return whether they ended in time
     */
    boolean close(Duration within) {
        lock.lock();
        try {
            closed = true;
            long left = within.toNanos();
            while (inside > 0 && left > 0) {
                left = empty.awaitNanos(left);
            }
            return inside == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}

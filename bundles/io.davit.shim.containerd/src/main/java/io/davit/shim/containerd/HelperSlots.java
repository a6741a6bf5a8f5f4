package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds how many helper processes run at once. */
final class HelperSlots {
    private static final int MOST = 64;

    private final Semaphore free = new Semaphore(MOST);

    /** Runs a helper process when there is room for it. */
    HelperProcess.Result run(HelperProcess process, String what, Deadline deadline)
            throws DavitException {
        try {
            if (!free.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DavitException(
                        Kind.RESOURCE_EXHAUSTED,
                        what + ": " + MOST + " helper processes are running");
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
        try {
            return process.run(what, deadline);
        } finally {
            free.release();
        }
    }
}

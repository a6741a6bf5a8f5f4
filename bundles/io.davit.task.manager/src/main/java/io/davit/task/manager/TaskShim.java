package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.task.Deadline;
import io.davit.api.task.TaskId;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The shim of one task, as far as it is known: being looked for, found, or proven dead. */
final class TaskShim {
    /** How long an operation waits for a shim that is being looked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TaskId id;

    /** Missing until it was found, and for good if it is dead. Written under this. */
    private volatile Shim shim;

    /** Guarded by this. */
    private boolean reachable;

    /** It is proven dead. Guarded by this. */
    private boolean lost;

    /** What the dead shim left was removed. Guarded by this. */
    private boolean cleaned;

    /** The task was deleted. Guarded by this. */
    private boolean gone;

    TaskShim(TaskId id) {
        this.id = id;
    }

    Optional<Shim> find() {
        return Optional.ofNullable(shim);
    }

    synchronized boolean isReachable() {
        return reachable;
    }

    synchronized boolean isLost() {
        return lost;
    }

    synchronized boolean isCleaned() {
        return cleaned;
    }

    /** Whether somebody should look for it. */
    synchronized boolean isSought() {
        return shim == null && !lost && !gone;
    }

    synchronized void found(Shim live) {
        shim = live;
        reachable = live.isReachable();
        notifyAll();
    }

    synchronized void reachable(boolean now) {
        reachable = now && shim != null;
    }

    synchronized void lost() {
        lost = true;
        shim = null;
        reachable = false;
        notifyAll();
    }

    synchronized void cleaned() {
        cleaned = true;
    }

    synchronized void gone() {
        gone = true;
        notifyAll();
    }

    /** Returns it; waits, not for long, while it is being looked for. */
    Shim require(Deadline deadline) throws DavitException {
        Shim now = shim;
        return now != null ? now : awaitFound(deadline);
    }

    private synchronized Shim awaitFound(Deadline deadline) throws DavitException {
        long left = Math.min(PATIENCE.toNanos(), deadline.remaining().toNanos());
        long end = System.nanoTime() + left;
        try {
            while (isSought() && end - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED, "interrupted while waiting for a shim: task=" + id, e);
        }
        if (gone) {
            throw new DavitException(Kind.NOT_FOUND, "no such task: task=" + id);
        }
        if (shim == null) {
            String why = lost ? "shim is dead" : "shim does not answer";
            throw new DavitException(Kind.UNAVAILABLE, why + ": task=" + id);
        }
        return shim;
    }
}

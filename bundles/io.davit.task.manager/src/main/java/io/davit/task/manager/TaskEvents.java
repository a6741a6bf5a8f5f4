package io.davit.task.manager;

import io.davit.api.task.TaskEvent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The events of one task: published in the order in which they were added, with no lock held. */
final class TaskEvents {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final EventOutbox outbox;

    /** Guarded by this. */
    private final Queue<TaskEvent> queue = new ArrayDeque<>();

    /** Whether some thread is publishing. Guarded by this. */
    private boolean publishing;

    TaskEvents(EventOutbox outbox) {
        this.outbox = outbox;
    }

    /** Adds an event, to be published by the next {@link #publish}. May be called under a lock. */
    synchronized void add(TaskEvent event) {
        queue.add(event);
    }

    /** Publishes what was added, unless another thread is at it and will do it. */
    void publish() {
        synchronized (this) {
            if (publishing) {
                return;
            }
            publishing = true;
        }
        TaskEvent next = next();
        while (next != null) {
            outbox.publish(next);
            next = next();
        }
    }

    private synchronized TaskEvent next() {
        TaskEvent next = queue.poll();
        if (next == null) {
            publishing = false;
            notifyAll();
        }
        return next;
    }

    /** Publishes what was added, and returns when that has been done, by whomever. */
    void publishAll() {
        publish();
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        boolean interrupted = false;
        synchronized (this) {
            while (publishing && end - System.nanoTime() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

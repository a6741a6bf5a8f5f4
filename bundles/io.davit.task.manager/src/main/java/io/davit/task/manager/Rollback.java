package io.davit.task.manager;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Undo steps, run last first unless {@link #commit} was called, and each of them whatever became of
 * the others. Confined to one thread.
 *
 * <p>Runs even if the thread was interrupted: the interrupt is put aside meanwhile. Each step is
 * bounded by itself, not by the time of the call that failed.
 */
final class Rollback implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rollback.class);

    private final String of;
    private final Deque<Named> steps = new ArrayDeque<>();
    private boolean failed;

    /** One thing to undo. */
    interface Step {
        void run() throws Exception;
    }

    private record Named(String what, Step step) {}

    /** Makes a stack for the steps of one task. */
    Rollback(String of) {
        this.of = of;
    }

    void onFailure(String what, Step step) {
        steps.push(new Named(what, step));
    }

    void commit() {
        steps.clear();
    }

    /** Says whether an undo step failed. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public void close() {
        if (steps.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        while (!steps.isEmpty()) {
            undo(steps.pop());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // the next steps run whatever this one throws
    private void undo(Named next) {
        try {
            next.step().run();
            LOG.debug("undone: task={} step={}", of, next.what());
        } catch (Exception e) {
            failed = true;
            LOG.warn("undo step failed: task={} step={}", of, next.what(), e);
        }
    }
}

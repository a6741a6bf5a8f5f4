package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.TaskId;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Makes the operations that change one task follow one another. Held while a shim works. */
final class TaskOrder {
    private final TaskId id;
    private final ReentrantLock lock = new ReentrantLock();

    TaskOrder(TaskId id) {
        this.id = id;
    }

    /** Runs an operation after those before it. */
    <T> T run(Deadline deadline, Supplier<T> operation) throws DavitException {
        try {
            if (!lock.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED, "an earlier operation is not done: task=" + id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED, "interrupted behind an earlier operation: task=" + id, e);
        }
        try {
            return operation.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs an operation unless another one is under way. */
    boolean tryRun(Runnable operation) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            operation.run();
            return true;
        } finally {
            lock.unlock();
        }
    }
}

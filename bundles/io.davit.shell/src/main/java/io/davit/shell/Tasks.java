package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskProcess;

import java.time.Duration;

/** What verbs do with tasks in the same way. */
final class Tasks {
    /** The longest time an ordinary call may last. */
    static final Duration CALL = Duration.ofSeconds(30);

    private static final Duration SLICE = Duration.ofHours(1);

    private Tasks() {}

    static Task require(TaskManager tasks, TaskId id) throws DavitException {
        return tasks.find(id)
                .orElseThrow(() -> new DavitException(Kind.NOT_FOUND, "no such task: id=" + id));
    }

    /** Waits for a process to end, however long that takes. */
    static Exit await(TaskProcess process) throws DavitException {
        while (true) {
            var exit = process.await(SLICE);
            if (exit.isPresent()) {
                return exit.get();
            }
        }
    }
}

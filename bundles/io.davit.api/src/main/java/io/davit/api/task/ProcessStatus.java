package io.davit.api.task;

import java.util.Objects;
import java.util.Optional;

/**
 * How one process of a task is doing.
 *
 * @param execId its exec id; empty for the init process; not {@code null}
 * @param pid its process id; 0 before it is known
 * @param state its state; not {@code null}
 * @param exit how it ended; present when and only when it is {@link TaskState#STOPPED}
 * @since 1.0
 */
public record ProcessStatus(String execId, long pid, TaskState state, Optional<Exit> exit) {
    /** Checks presence. */
    public ProcessStatus {
        Objects.requireNonNull(execId, "execId");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(exit, "exit");
    }
}

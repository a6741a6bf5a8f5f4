package io.davit.task.manager;

import io.davit.api.task.Exit;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.TaskState;

import java.util.Optional;

/** What is known about one process. Guarded by the {@link TaskLife} it belongs to. */
final class ProcessLife {
    private final String execId;
    private TaskState state = TaskState.CREATED;
    private long pid;

    /** How it ended; present when and only when it is stopped. */
    private Optional<Exit> exit = Optional.empty();

    /** An exit that arrived before the call that started the process had returned. */
    private Optional<Exit> held = Optional.empty();

    /** Whether such a call is under way. */
    private boolean starting;

    ProcessLife(String execId) {
        this.execId = execId;
    }

    String execId() {
        return execId;
    }

    TaskState state() {
        return state;
    }

    void state(TaskState next) {
        state = next;
    }

    long pid() {
        return pid;
    }

    void pid(long known) {
        pid = known;
    }

    Optional<Exit> exit() {
        return exit;
    }

    void beginStart() {
        starting = true;
    }

    /** Returns an exit that was held back. */
    Optional<Exit> endStart() {
        starting = false;
        Optional<Exit> now = held;
        held = Optional.empty();
        return now;
    }

    /**
     * Takes an exit, or holds it back.
     *
     * @return whether the process has just ended
     */
    boolean end(Exit how) {
        if (exit.isPresent()) {
            return false;
        }
        if (starting) {
            held = held.isPresent() ? held : Optional.of(how);
            return false;
        }
        exit = Optional.of(how);
        state = TaskState.STOPPED;
        return true;
    }

    ProcessStatus status(boolean reachable) {
        TaskState shown = state == TaskState.STOPPED || reachable ? state : TaskState.UNREACHABLE;
        return new ProcessStatus(execId, pid, shown, exit);
    }
}

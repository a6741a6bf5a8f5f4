package io.davit.api.task;

import io.davit.api.mount.Mount;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Something that happened to a task: containerd's task events.
 *
 * <p>For one task the order is created, started, exited, deleted; for one exec added, started,
 * exited. Each is told once.
 *
 * @since 1.0
 */
public sealed interface TaskEvent {
    /**
     * Returns the task it happened to.
     *
     * @return never {@code null}
     */
    TaskId task();

    /**
     * Returns when it happened (wall clock, for display).
     *
     * @return never {@code null}
     */
    Instant at();

    /**
     * Returns containerd's topic, for example {@code /tasks/exit}.
     *
     * @return never {@code null}
     */
    String topic();

    /**
     * A task was created.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param bundle its directory; not {@code null}
     * @param rootfs the mounts its shim makes; copied
     * @param pid the process id of its init process; 0 when there is none yet
     */
    record Created(TaskId task, Instant at, Path bundle, List<Mount> rootfs, long pid)
            implements TaskEvent {
        /** Checks presence and copies. */
        public Created {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(bundle, "bundle");
            rootfs = List.copyOf(rootfs);
        }

        @Override
        public String topic() {
            return "/tasks/create";
        }
    }

    /**
     * The init process was started.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param pid its process id
     */
    record Started(TaskId task, Instant at, long pid) implements TaskEvent {
        /** Checks presence and copies. */
        public Started {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String topic() {
            return "/tasks/start";
        }
    }

    /**
     * A process ended.
     *
     * @param task the task; not {@code null}
     * @param execId the exec that ended; empty for the init process; not {@code null}
     * @param exit how; not {@code null}
     */
    record Exited(TaskId task, String execId, Exit exit) implements TaskEvent {
        /** Checks presence and copies. */
        public Exited {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(execId, "execId");
            Objects.requireNonNull(exit, "exit");
        }

        @Override
        public Instant at() {
            return exit.at();
        }

        @Override
        public String topic() {
            return "/tasks/exit";
        }
    }

    /**
     * A task or an exec was deleted.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param execId the exec; empty for the task; not {@code null}
     * @param exit how it had ended; not {@code null}
     */
    record Deleted(TaskId task, Instant at, String execId, Exit exit) implements TaskEvent {
        /** Checks presence and copies. */
        public Deleted {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(execId, "execId");
            Objects.requireNonNull(exit, "exit");
        }

        @Override
        public String topic() {
            return "/tasks/delete";
        }
    }

    /**
     * An exec was added.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param execId the exec; not {@code null}
     */
    record ExecAdded(TaskId task, Instant at, String execId) implements TaskEvent {
        /** Checks presence and copies. */
        public ExecAdded {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(execId, "execId");
        }

        @Override
        public String topic() {
            return "/tasks/exec-added";
        }
    }

    /**
     * An exec was started.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param execId the exec; not {@code null}
     * @param pid its process id
     */
    record ExecStarted(TaskId task, Instant at, String execId, long pid) implements TaskEvent {
        /** Checks presence and copies. */
        public ExecStarted {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(execId, "execId");
        }

        @Override
        public String topic() {
            return "/tasks/exec-started";
        }
    }

    /**
     * A task was paused.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     */
    record Paused(TaskId task, Instant at) implements TaskEvent {
        /** Checks presence and copies. */
        public Paused {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String topic() {
            return "/tasks/paused";
        }
    }

    /**
     * A task was resumed.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     */
    record Resumed(TaskId task, Instant at) implements TaskEvent {
        /** Checks presence and copies. */
        public Resumed {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String topic() {
            return "/tasks/resumed";
        }
    }

    /**
     * A task ran out of memory.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     */
    record OutOfMemory(TaskId task, Instant at) implements TaskEvent {
        /** Checks presence and copies. */
        public OutOfMemory {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
        }

        @Override
        public String topic() {
            return "/tasks/oom";
        }
    }

    /**
     * A task was checkpointed.
     *
     * @param task the task; not {@code null}
     * @param at when; not {@code null}
     * @param image the image's directory; not {@code null}
     */
    record Checkpointed(TaskId task, Instant at, Path image) implements TaskEvent {
        /** Checks presence and copies. */
        public Checkpointed {
            Objects.requireNonNull(task, "task");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(image, "image");
        }

        @Override
        public String topic() {
            return "/tasks/checkpointed";
        }
    }
}

package io.davit.api.task;

/**
 * Where a process of a task is in its life, and what it allows.
 *
 * @since 1.0
 */
public enum TaskState {
    /** Made, waiting to be started. */
    CREATED,
    /** Started and not ended. */
    RUNNING,
    /** On the way to {@link #PAUSED}. */
    PAUSING,
    /** Halted, can be resumed. */
    PAUSED,
    /** Ended; its exit is known. */
    STOPPED,
    /**
     * Its supervisor is not proven dead and does not answer. Nothing is killed; calls fail {@code
     * UNAVAILABLE} or {@code DEADLINE_EXCEEDED} until it answers.
     */
    UNREACHABLE;

    /**
     * Says whether start is allowed.
     *
     * @return {@code true} for {@link #CREATED}
     */
    public boolean canStart() {
        return this == CREATED;
    }

    /**
     * Says whether a signal can have an effect.
     *
     * @return {@code true} unless {@link #STOPPED}
     */
    public boolean canKill() {
        return this != STOPPED;
    }

    /**
     * Says whether pause is allowed.
     *
     * @return {@code true} for {@link #RUNNING}
     */
    public boolean canPause() {
        return this == RUNNING;
    }

    /**
     * Says whether resume is allowed.
     *
     * @return {@code true} for {@link #PAUSED}
     */
    public boolean canResume() {
        return this == PAUSED;
    }

    /**
     * Says whether another process can be added.
     *
     * @return {@code true} for {@link #CREATED} and {@link #RUNNING}
     */
    public boolean canExec() {
        return this == CREATED || this == RUNNING;
    }

    /**
     * Says whether delete is allowed. A process that was never started can be deleted, as in
     * containerd.
     *
     * @return {@code true} for {@link #CREATED} and {@link #STOPPED}
     */
    public boolean canDelete() {
        return this == CREATED || this == STOPPED;
    }
}

package io.davit.testkit;

/**
 * What a plugin may be unable to do. A plugin that lacks one says so to its contract tests, which
 * then require that it refuses, {@code NOT_IMPLEMENTED}, and that the task is unharmed.
 *
 * @since 1.0
 */
public enum ShimAbility {
    /** Running further processes in a task. */
    EXEC,
    /** Halting a task and letting it go on. */
    PAUSE,
    /** Measuring memory and processor time. */
    METRICS,
    /** Changing the memory limit of a running task. */
    UPDATE,
    /**
     * Terminals whose size the process can ask for. Without it, a process that wants a terminal is
     * refused, or gets one stream for both its outputs and no size.
     */
    TERMINAL,
    /** Attaching further streams to a running process. */
    ATTACH,
    /** Writing a checkpoint. The contract tests only that a plugin that lacks it refuses. */
    CHECKPOINT,
    /**
     * Tasks that go on without the plugin. Without it they end when it leaves, and that is told.
     */
    OUTLIVING
}

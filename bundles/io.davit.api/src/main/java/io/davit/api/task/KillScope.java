package io.davit.api.task;

/**
 * Whom a signal reaches.
 *
 * @since 1.0
 */
public enum KillScope {
    /** The process named by the call alone. */
    PROCESS,
    /** Every process of the task. */
    ALL
}

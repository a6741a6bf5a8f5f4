package io.davit.api.task;

import io.davit.api.errors.DavitException;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The task events of this node: ordered per task, kept for a while, told from any cursor on.
 *
 * <p><b>Threads.</b> Safe for use by many threads. No lock is held while a listener runs.
 * Publishing never waits for a listener.
 *
 * <p><b>Configured by</b> the PID {@code io.davit.event.exchange}, which says how many events are
 * kept and how many may wait for one listener.
 *
 * @since 1.0
 */
@ProviderType
public interface TaskEventBus {
    /** As cursor: only events published from now on. */
    long NOW = -1;

    /** As cursor: every event that is kept. */
    long OLDEST = 0;

    /**
     * Publishes an event. Called by the task manager alone, which orders the events of a task.
     *
     * @param event the event; not {@code null}
     * @return its cursor
     * @throws DavitException {@code RESOURCE_EXHAUSTED} or {@code INTERNAL} if it could not be
     *     stored
     */
    long publish(TaskEvent event) throws DavitException;

    /**
     * Begins to tell a listener about events, those that are kept first.
     *
     * @param filter which events; not {@code null}
     * @param after the cursor after which to begin, {@link #NOW} or {@link #OLDEST}
     * @param listener the listener; not {@code null}
     * @return ends the subscription; after {@code close} has returned the listener is not called,
     *     unless it closes from inside a call; never {@code null}
     */
    Subscription subscribe(TaskEventFilter filter, long after, TaskEventListener listener);

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /** Ends it; can be repeated. */
        @Override
        void close();
    }
}

package io.davit.api.task;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told about task events: given to {@link TaskEventBus#subscribe}, or registered as a service
 * with the property {@code davit.task.event.topics}, see {@link TaskEventTopics}. A service is told
 * what happens from then on; over a restart of the event bus it misses nothing that is kept.
 *
 * @since 1.0
 */
@ConsumerType
@FunctionalInterface
public interface TaskEventListener {
    /**
     * Takes an event. Called by one thread at a time, in order, outside all locks of Davit. What it
     * throws is logged; a slow listener falls behind alone.
     *
     * @param cursor the event's place, to go on from later; rises by at least one each time
     * @param event the event; never {@code null}
     */
    void onTaskEvent(long cursor, TaskEvent event);

    /**
     * Is told that events were dropped because this listener was too slow or asked for events that
     * are no longer kept. Called in place of them.
     *
     * @param from the cursor after which events are missing
     * @param to the cursor of the last missing event
     */
    default void onTaskEventsLost(long from, long to) {}
}

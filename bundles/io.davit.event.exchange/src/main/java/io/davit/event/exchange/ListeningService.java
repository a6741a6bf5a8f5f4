package io.davit.event.exchange;

import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One listener that is a service: what it wants, and its place in the events.
 *
 * <p>It subscribes to everything and filters itself, so that its place is known whatever it wants.
 */
final class ListeningService implements TaskEventListener {
    /** The property that says what a listener wants. */
    static final String TOPICS = "davit.task.event.topics";

    private static final String ALL = "*";

    private final TaskEventListener listener;

    /** The topics it wants; empty means all. */
    private volatile Set<String> topics;

    /** The cursor of the last event it passed. */
    private volatile long place = TaskEventBus.NOW;

    /** Guarded by this. */
    private TaskEventBus bus;

    /** Guarded by this. */
    private TaskEventBus.Subscription subscription;

    /** Guarded by this. */
    private boolean ended;

    ListeningService(TaskEventListener listener, Map<String, Object> properties) {
        this.listener = listener;
        configure(properties);
    }

    /** Takes what it wants from now on. */
    void configure(Map<String, Object> properties) {
        Object value = properties.get(TOPICS);
        Stream<?> values =
                value instanceof Object[] array
                        ? Stream.of(array)
                        : value instanceof Collection<?> many ? many.stream() : Stream.of(value);
        Set<String> wanted =
                values.filter(Objects::nonNull).map(Object::toString).collect(Collectors.toSet());
        topics = wanted.contains(ALL) ? Set.of() : wanted;
    }

    /** Is told by a bus from now on, beginning where it was. */
    void follow(TaskEventBus next) {
        TaskEventBus.Subscription before;
        synchronized (this) {
            if (ended || bus == next) {
                return;
            }
            before = subscription;
            bus = next;
            subscription = next.subscribe(TaskEventFilter.ALL, place, this);
        }
        close(before);
    }

    /** Is not told by a bus any more. */
    void leave(TaskEventBus last) {
        TaskEventBus.Subscription before;
        synchronized (this) {
            if (bus != last) {
                return;
            }
            before = subscription;
            bus = null;
            subscription = null;
        }
        close(before);
    }

    /** Is told nothing any more. */
    void end() {
        TaskEventBus.Subscription before;
        synchronized (this) {
            ended = true;
            before = subscription;
        }
        close(before);
    }

    private static void close(TaskEventBus.Subscription open) {
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void onTaskEvent(long cursor, TaskEvent event) {
        place = cursor;
        Set<String> wanted = topics;
        if (wanted.isEmpty() || wanted.contains(event.topic())) {
            listener.onTaskEvent(cursor, event);
        }
    }

    @Override
    public void onTaskEventsLost(long from, long to) {
        place = to;
        listener.onTaskEventsLost(from, to);
    }

    @Override
    public String toString() {
        return listener.toString();
    }
}

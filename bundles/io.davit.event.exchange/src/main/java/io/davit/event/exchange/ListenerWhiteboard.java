package io.davit.event.exchange;

import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventListener;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells events to listeners that are services. They keep their places while the bus is replaced.
 */
@Component(
        name = "io.davit.event.exchange.listeners",
        immediate = true,
        service = {})
public final class ListenerWhiteboard {
    /** By service id. Guarded by this. */
    private final Map<Long, ListeningService> listeners = new HashMap<>();

    /** Guarded by this. */
    private TaskEventBus bus;

    @Reference(name = "events", policy = ReferencePolicy.DYNAMIC)
    void bindEvents(TaskEventBus events) {
        List<ListeningService> present;
        synchronized (this) {
            bus = events;
            present = List.copyOf(listeners.values());
        }
        present.forEach(listener -> listener.follow(events));
    }

    void unbindEvents(TaskEventBus events) {
        List<ListeningService> present;
        synchronized (this) {
            bus = bus == events ? null : bus;
            present = List.copyOf(listeners.values());
        }
        present.forEach(listener -> listener.leave(events));
    }

    @Reference(
            name = "listeners",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            target = "(" + ListeningService.TOPICS + "=*)")
    void addListener(TaskEventListener listener, Map<String, Object> properties) {
        ListeningService added = new ListeningService(listener, properties);
        TaskEventBus now;
        synchronized (this) {
            listeners.put(id(properties), added);
            now = bus;
        }
        if (now != null) {
            added.follow(now);
        }
    }

    void updatedListener(TaskEventListener listener, Map<String, Object> properties) {
        ListeningService known;
        synchronized (this) {
            known = listeners.get(id(properties));
        }
        if (known != null) {
            known.configure(properties);
        }
    }

    /** Returns when the listener is not called any more, or after some seconds. */
    void removeListener(TaskEventListener listener, Map<String, Object> properties) {
        ListeningService gone;
        synchronized (this) {
            gone = listeners.remove(id(properties));
        }
        if (gone != null) {
            gone.end();
        }
    }

    private static Long id(Map<String, Object> properties) {
        return (Long) properties.get("service.id");
    }
}

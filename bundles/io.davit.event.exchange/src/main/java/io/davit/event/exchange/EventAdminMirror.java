package io.davit.event.exchange;

import io.davit.api.task.Exit;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;

import java.util.HashMap;
import java.util.Map;

/**
 * Repeats task events on the framework's EventAdmin, from the moment there is one.
 *
 * <p>Topics are {@code davit/task} and the last part of the event's own, for example {@code
 * davit/task/exit}.
 */
@Component(
        name = "io.davit.event.exchange.mirror",
        immediate = true,
        service = {})
public final class EventAdminMirror {
    private final EventAdmin admin;
    private final TaskEventBus.Subscription subscription;

    @Activate
    public EventAdminMirror(
            @Reference(name = "admin") EventAdmin admin,
            @Reference(name = "events") TaskEventBus events) {
        this.admin = admin;
        this.subscription = events.subscribe(TaskEventFilter.ALL, TaskEventBus.NOW, this::repeat);
    }

    @Deactivate
    void stop() {
        subscription.close();
    }

    private void repeat(long cursor, TaskEvent event) {
        admin.postEvent(new Event(topic(event), properties(cursor, event)));
    }

    static String topic(TaskEvent event) {
        return "davit/task" + event.topic().substring(event.topic().lastIndexOf('/'));
    }

    static Map<String, Object> properties(long cursor, TaskEvent event) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("cursor", cursor);
        properties.put("namespace", event.task().namespace().name());
        properties.put("id", event.task().id());
        properties.put("timestamp", event.at().toEpochMilli());
        if (event instanceof TaskEvent.Created created) {
            properties.put("bundle", created.bundle().toString());
            properties.put("pid", created.pid());
        } else if (event instanceof TaskEvent.Started started) {
            properties.put("pid", started.pid());
        } else if (event instanceof TaskEvent.Exited exited) {
            putExit(properties, exited.execId(), exited.exit());
        } else if (event instanceof TaskEvent.Deleted deleted) {
            putExit(properties, deleted.execId(), deleted.exit());
        } else if (event instanceof TaskEvent.ExecAdded added) {
            properties.put("exec", added.execId());
        } else if (event instanceof TaskEvent.ExecStarted started) {
            properties.put("exec", started.execId());
            properties.put("pid", started.pid());
        } else if (event instanceof TaskEvent.Checkpointed checkpointed) {
            properties.put("image", checkpointed.image().toString());
        }
        return properties;
    }

    private static void putExit(Map<String, Object> properties, String execId, Exit exit) {
        properties.put("exec", execId);
        properties.put("pid", exit.pid());
        properties.put("exit.status", exit.status());
        exit.reason().ifPresent(reason -> properties.put("exit.reason", reason));
    }
}

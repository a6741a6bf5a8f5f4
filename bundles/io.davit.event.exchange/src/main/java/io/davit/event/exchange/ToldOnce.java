package io.davit.event.exchange;

import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskId;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What was told about each task since it was created, so that nothing is told twice when its owner
 * repeats itself after a crash. Confined by the lock of its user.
 */
final class ToldOnce {
    private final Map<TaskId, Told> tasks = new HashMap<>();

    /** What was told about one life of a task. */
    private static final class Told {
        private Instant created;
        private boolean deleted;
        private final Set<String> once = new HashSet<>();
    }

    /**
     * Notes an event.
     *
     * @return whether it was not told before
     */
    boolean note(TaskEvent event) {
        if (event instanceof TaskEvent.Created created) {
            return noteCreated(created);
        }
        Told told = tasks.computeIfAbsent(event.task(), id -> new Told());
        if (event instanceof TaskEvent.Deleted deleted) {
            return noteDeleted(told, deleted);
        }
        String key = key(event);
        return key.isEmpty() || told.once.add(key);
    }

    private boolean noteCreated(TaskEvent.Created created) {
        Told told = tasks.get(created.task());
        if (told != null && created.at().equals(told.created)) {
            return false;
        }
        Told fresh = new Told();
        fresh.created = created.at();
        tasks.put(created.task(), fresh);
        return true;
    }

    /** An exec that was deleted may be added again. */
    private static boolean noteDeleted(Told told, TaskEvent.Deleted event) {
        if (event.execId().isEmpty()) {
            boolean first = !told.deleted;
            told.deleted = true;
            return first;
        }
        String suffix = "/" + event.execId();
        told.once.removeIf(key -> key.endsWith(suffix));
        return true;
    }

    /** What cannot happen twice to one process; empty for what can. */
    private static String key(TaskEvent event) {
        if (event instanceof TaskEvent.Started) {
            return "start/";
        }
        if (event instanceof TaskEvent.Exited exited) {
            return "exit/" + exited.execId();
        }
        if (event instanceof TaskEvent.ExecAdded added) {
            return "exec-added/" + added.execId();
        }
        return event instanceof TaskEvent.ExecStarted started
                ? "exec-started/" + started.execId()
                : "";
    }

    /** Forgets a task whose deletion is no longer kept. */
    void forget(TaskEvent event) {
        if (event instanceof TaskEvent.Deleted deleted && deleted.execId().isEmpty()) {
            tasks.computeIfPresent(event.task(), (id, told) -> told.deleted ? null : told);
        }
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.task.TaskId;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The tasks by id, and the ids that are taken by tasks that are not there yet, or not any more. */
final class TaskTable {
    /** The least id there can be. */
    private static final String LEAST = "0";

    /** Empty for an id that is only taken. */
    private final ConcurrentNavigableMap<TaskId, Optional<TaskLife>> tasks =
            new ConcurrentSkipListMap<>();

    /** How many ids are taken in each namespace. */
    private final Map<Namespace, Integer> counts = new ConcurrentHashMap<>();

    /** Takes an id, if it is free and the namespace has room. */
    void take(TaskId id, int most) throws DavitException {
        if (tasks.putIfAbsent(id, Optional.empty()) != null) {
            throw new DavitException(Kind.ALREADY_EXISTS, "task exists: task=" + id);
        }
        if (counts.merge(id.namespace(), 1, Integer::sum) > most) {
            free(id);
            throw new DavitException(
                    Kind.RESOURCE_EXHAUSTED,
                    "namespace has the most tasks it may have: task=" + id + " most=" + most);
        }
    }

    /** Takes an id without a limit; returns whether it was free. */
    boolean tryTake(TaskId id) {
        if (tasks.putIfAbsent(id, Optional.empty()) != null) {
            return false;
        }
        counts.merge(id.namespace(), 1, Integer::sum);
        return true;
    }

    /** Shows the task of a taken id. */
    void show(TaskLife life) {
        tasks.put(life.id(), Optional.of(life));
    }

    /** Gives an id back. */
    void free(TaskId id) {
        if (tasks.remove(id) != null) {
            counts.computeIfPresent(id.namespace(), (ns, n) -> n == 1 ? null : n - 1);
        }
    }

    boolean isTaken(TaskId id) {
        return tasks.containsKey(id);
    }

    Optional<TaskLife> find(TaskId id) {
        return tasks.getOrDefault(id, Optional.empty());
    }

    /** The tasks of a namespace, sorted. */
    List<TaskLife> in(Namespace namespace) {
        return tasks.tailMap(new TaskId(namespace, LEAST)).entrySet().stream()
                .takeWhile(entry -> entry.getKey().namespace().equals(namespace))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    /** The tasks of all namespaces, sorted. */
    List<TaskLife> all() {
        return tasks.values().stream().flatMap(Optional::stream).toList();
    }

    /** The namespaces in which ids are taken, sorted. */
    List<Namespace> namespaces() {
        return counts.keySet().stream().sorted().toList();
    }
}

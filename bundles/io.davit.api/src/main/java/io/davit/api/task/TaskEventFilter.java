package io.davit.api.task;

import io.davit.api.names.Namespace;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which task events to be told about.
 *
 * @param namespace only those of this namespace; not {@code null}
 * @param task only those of this task; not {@code null}
 * @param topics only those with one of these topics; empty means all; copied
 * @since 1.0
 */
public record TaskEventFilter(
        Optional<Namespace> namespace, Optional<TaskId> task, Set<String> topics) {
    /** Everything. */
    public static final TaskEventFilter ALL =
            new TaskEventFilter(Optional.empty(), Optional.empty(), Set.of());

    /** Copies the topics. */
    public TaskEventFilter {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(task, "task");
        topics = Set.copyOf(topics);
    }

    /**
     * Makes a filter for the events of one task.
     *
     * @param task the task
     * @return the filter; never {@code null}
     */
    public static TaskEventFilter of(TaskId task) {
        return new TaskEventFilter(Optional.empty(), Optional.of(task), Set.of());
    }

    /**
     * Says whether an event passes.
     *
     * @param event the event; not {@code null}
     * @return {@code true} if it is one of those asked for
     */
    public boolean accepts(TaskEvent event) {
        return namespace.map(n -> n.equals(event.task().namespace())).orElse(true)
                && task.map(t -> t.equals(event.task())).orElse(true)
                && (topics.isEmpty() || topics.contains(event.topic()));
    }
}

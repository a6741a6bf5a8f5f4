package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Identifiers;
import io.davit.api.names.Namespace;

import java.util.Objects;

/**
 * The key of a task.
 *
 * @param namespace the namespace; not {@code null}
 * @param id an identifier, see {@link Identifiers}
 * @since 1.0
 */
public record TaskId(Namespace namespace, String id) implements Comparable<TaskId> {
    /**
     * Checks the id.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the id is no identifier
     */
    public TaskId {
        Objects.requireNonNull(namespace, "namespace");
        Identifiers.require("task id", id);
    }

    /**
     * Makes an id in the default namespace.
     *
     * @param id the id
     * @return the key; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the id is no identifier
     */
    public static TaskId of(String id) {
        return new TaskId(Namespace.DEFAULT, id);
    }

    @Override
    public int compareTo(TaskId other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : id.compareTo(other.id);
    }

    @Override
    public String toString() {
        return namespace + "/" + id;
    }
}

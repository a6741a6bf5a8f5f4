package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Identifiers;

import java.util.Objects;

/**
 * A further process to add to a task.
 *
 * @param execId an identifier, unique in the task; see {@link Identifiers}
 * @param process what to run; not {@code null}
 * @param stdio its standard streams; not {@code null}
 * @since 1.0
 */
public record ExecTask(String execId, OciProcess process, Stdio stdio) {
    /**
     * Checks the id.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is no identifier
     */
    public ExecTask {
        Identifiers.require("exec id", execId);
        Objects.requireNonNull(process, "process");
        Objects.requireNonNull(stdio, "stdio");
    }
}

package io.davit.api.task;

import java.util.Objects;

/**
 * One process inside a task.
 *
 * @param pid its process id as the host sees it; for a task inside the JVM a number of its plugin
 * @param execId the exec it belongs to; empty for the init process and for others; not {@code null}
 * @since 1.0
 */
public record ProcessInfo(long pid, String execId) {
    /** Checks presence. */
    public ProcessInfo {
        Objects.requireNonNull(execId, "execId");
    }
}

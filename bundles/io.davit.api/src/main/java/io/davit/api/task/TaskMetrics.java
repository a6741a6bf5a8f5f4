package io.davit.api.task;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a task uses, at one moment.
 *
 * @param at when it was measured (wall clock); not {@code null}
 * @param memoryBytes memory in use, in bytes; -1 when unknown
 * @param memoryLimitBytes the most it may use, in bytes; -1 when unlimited or unknown
 * @param cpuNanos processor time used since start, in nanoseconds; -1 when unknown
 * @param pids processes and threads counted against its limit; -1 when unknown
 * @param oomKills how often it ran out of memory; -1 when unknown
 * @param values further values by name, for example {@code io.read.bytes}; copied
 * @param raw the runtime's own message, for example {@code io.containerd.cgroups.v2.Metrics}; not
 *     {@code null}
 * @since 1.0
 */
public record TaskMetrics(
        Instant at,
        long memoryBytes,
        long memoryLimitBytes,
        long cpuNanos,
        long pids,
        long oomKills,
        Map<String, Long> values,
        Optional<TypedValue> raw) {
    /** Copies the values. */
    public TaskMetrics {
        Objects.requireNonNull(at, "at");
        values = Map.copyOf(values);
        Objects.requireNonNull(raw, "raw");
    }
}

package io.davit.api.task;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How a process ended.
 *
 * @param pid its process id; 0 when unknown
 * @param status 0 to 255: the code it ended with, or 128 and the signal that ended it
 * @param at when it ended (wall clock, for display); not {@code null}
 * @param reason why Davit ended it or had to guess the status: one of the words below, after a
 *     colon perhaps with details; empty for an ordinary end; not {@code null}
 * @since 1.0
 */
public record Exit(long pid, int status, Instant at, Optional<String> reason) {
    /** The supervisor was proven dead and the task was reaped: status 137. */
    public static final String SHIM_LOST = "shim-lost";

    /** The monitor was gone, the container was killed, its own code is unknown: status 255. */
    public static final String MONITOR_LOST = "monitor-lost";

    /** Out of memory: status 137. */
    public static final String OOM = "oom";

    /** A WebAssembly trap, stack exhaustion included: status 134. */
    public static final String TRAP = "trap";

    /** The plugin of a task in this JVM was removed or updated: status 143. */
    public static final String PLUGIN_REMOVED = "plugin-removed";

    /** Brings the status into range: what is no status becomes 255. */
    public Exit {
        status = status < 0 || status > 255 ? 255 : status;
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Makes an ordinary exit.
     *
     * @param pid the process id; 0 when unknown
     * @param status the status
     * @param at when
     * @return the exit; never {@code null}
     */
    public static Exit of(long pid, int status, Instant at) {
        return new Exit(pid, status, at, Optional.empty());
    }

    /**
     * Makes an exit with a reason.
     *
     * @param pid the process id; 0 when unknown
     * @param status the status
     * @param at when
     * @param reason the reason
     * @return the exit; never {@code null}
     */
    public static Exit because(long pid, int status, Instant at, String reason) {
        return new Exit(pid, status, at, Optional.of(reason));
    }
}

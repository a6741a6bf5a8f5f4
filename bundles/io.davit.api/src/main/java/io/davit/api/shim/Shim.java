package io.davit.api.shim;

import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskId;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A handle on one live shim.
 *
 * <p>Stays valid while its plugin is replaced: calls wait for the successor for the configured swap
 * window and then fail {@code UNAVAILABLE}. Calls in flight when the plugin leaves end within the
 * drain time. A task inside the JVM that ended with its plugin answers from its recorded exit.
 *
 * @since 1.0
 */
@ProviderType
public interface Shim extends ShimTask {
    /**
     * Returns whose shim it is.
     *
     * @return never {@code null}
     */
    TaskId id();

    /**
     * Returns what serves it; after the plugin was replaced, the new one.
     *
     * @return never {@code null}
     */
    ShimInfo info();

    /**
     * Says whether a plugin serves it now and its supervisor answers, as far as is known without
     * asking.
     *
     * @return {@code false} while it is being replaced or does not answer
     */
    boolean isReachable();

    /**
     * Ends the shim and forgets it: whatever of the task still runs is killed, what the shim made
     * outside the bundle directory is removed. Bounded by the configured clean-up time; can be
     * repeated, and is needed after a successful {@code delete} of the init process too.
     */
    void close();
}

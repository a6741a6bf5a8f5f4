package io.davit.spi.shim;

import io.davit.api.task.ShimTask;

import org.osgi.annotation.versioning.ConsumerType;

import java.time.Duration;

/**
 * One shim of a plugin: it carries one task.
 *
 * @since 1.0
 */
@ConsumerType
public interface ShimInstance extends ShimTask {
    /**
     * Lets go of the task because the plugin or the shim manager leaves.
     *
     * <p>Outside the JVM: connections are closed, the task goes on, and a successor finds it with
     * {@link ShimPlugin#recover}. Inside the JVM, if the plugin leaves: the task is ended, and
     * {@link ShimContext#exited} was told the exit, with the reason {@code plugin-removed}, before
     * this method returns. If the manager alone leaves, a task inside the JVM goes on.
     *
     * @param pluginLeaves whether the plugin leaves, and not the manager alone
     * @param within the longest time it may last
     */
    void release(boolean pluginLeaves, Duration within);

    /**
     * Ends the shim: whatever still runs is killed, what the shim made outside the bundle directory
     * is removed. Can be repeated, also after {@code delete}.
     *
     * @param within the longest time it may last
     */
    void close(Duration within);
}

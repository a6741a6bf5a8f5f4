package io.davit.api.shim;

import io.davit.api.task.Exit;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told what happens to the task of a shim. Called by any thread, outside all locks; must not
 * block.
 *
 * @since 1.0
 */
@ConsumerType
public interface ShimListener {
    /**
     * A process ended. May be told more than once, and before the call that started it has
     * returned.
     *
     * @param execId the exec that ended; empty for the init process
     * @param exit how
     */
    void exited(String execId, Exit exit);

    /** The task ran out of memory. */
    void outOfMemory();

    /**
     * Whether the shim can be reached changed.
     *
     * @param reachable whether it can be reached now
     */
    void reachable(boolean reachable);
}

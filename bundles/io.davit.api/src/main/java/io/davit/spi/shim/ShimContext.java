package io.davit.spi.shim;

import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;

import org.osgi.annotation.versioning.ProviderType;

import java.util.Optional;

/**
 * What a plugin knows about one task, and whom it tells.
 *
 * <p><b>Threads.</b> Safe for use by many threads; no call blocks. After the instance was released
 * or its task deleted, what it tells is dropped.
 *
 * @since 1.0
 */
@ProviderType
public interface ShimContext {
    /**
     * Returns the task's directory.
     *
     * @return never {@code null}
     */
    OciBundle bundle();

    /**
     * Returns the name of the runtime that was asked for.
     *
     * @return never {@code null}
     */
    String runtime();

    /**
     * Returns the runtime's options.
     *
     * @return never {@code null}
     */
    Optional<TypedValue> options();

    /**
     * Returns the id of a task whose shim is to be joined.
     *
     * @return never {@code null}
     */
    Optional<String> sandbox();

    /**
     * Tells that a process ended. Telling it twice is harmless.
     *
     * @param execId the exec that ended; empty for the init process
     * @param exit how
     */
    void exited(String execId, Exit exit);

    /** Tells that the task ran out of memory. */
    void outOfMemory();

    /**
     * Tells whether the supervisor of the task answers.
     *
     * @param reachable whether it does now
     */
    void reachable(boolean reachable);
}

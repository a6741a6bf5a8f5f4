package io.davit.spi.mount;

import io.davit.api.mount.ActiveMount;

import org.osgi.annotation.versioning.ProviderType;

import java.nio.file.Path;
import java.util.List;

/**
 * What a transformer may know and where it may write. Confined to the thread of the call.
 *
 * @since 1.0
 */
@ProviderType
public interface TransformContext {
    /**
     * Returns the mounts of the same activation performed so far.
     *
     * @return in order; unmodifiable; never {@code null}
     */
    List<ActiveMount> active();

    /**
     * Returns the directories below which a transformer may create something.
     *
     * @return absolute, normal paths; unmodifiable; never {@code null}
     */
    List<Path> allowedRoots();

    /**
     * Registers how to take back something the transformer made. Steps run last first if the
     * activation fails.
     *
     * @param what what the step does, for the log
     * @param step the step; may throw
     */
    void onFailure(String what, Runnable step);
}

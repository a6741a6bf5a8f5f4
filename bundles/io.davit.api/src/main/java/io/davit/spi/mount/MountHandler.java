package io.davit.spi.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;

import org.osgi.annotation.versioning.ConsumerType;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Performs the mounts of one type.
 *
 * <p><b>Threads.</b> Called by many threads at once for different activations; no lock of the
 * manager that another activation needs is held. Calls may block as long as the mount takes and
 * must end when their thread is interrupted.
 *
 * <p><b>Registered with</b> {@code davit.mount.type} (String or String[], required): the types it
 * performs, as they remain after all transformer prefixes.
 *
 * @since 1.0
 */
@ConsumerType
public interface MountHandler {
    /**
     * Performs a mount.
     *
     * @param mount the mount, after its transformers; never {@code null}
     * @param at an absolute path nobody else uses, where the handler should put it; the entry does
     *     not exist yet, its parent does
     * @param before the mounts of the same activation performed so far, in order; unmodifiable
     * @return the mount as it is now: same type, and {@code at} or something beside it as mount
     *     point, unless the type lives elsewhere, below a directory configured as {@code
     *     mount.roots}; not {@code null}
     * @throws DavitException with the kind that fits; on failure nothing may be left behind
     */
    ActiveMount mount(Mount mount, String at, List<ActiveMount> before) throws DavitException;

    /**
     * Undoes a mount.
     *
     * <p>Succeeds when there is nothing to undo: never mounted, already unmounted, path missing.
     *
     * @param mountPoint where it is; never {@code null}
     * @throws DavitException with the kind that fits; the call may be repeated
     */
    void unmount(String mountPoint) throws DavitException;

    /**
     * Says whether a mount that this handler made is still there. Asked after an unmount, when the
     * manager starts, and by checks.
     *
     * @param mount the mount as {@link #mount} returned it; never {@code null}
     * @return empty if the handler cannot tell, which is taken for yes when it should be there and
     *     for no when it should be gone; never {@code null}
     */
    default Optional<Boolean> isMounted(ActiveMount mount) {
        return Optional.empty();
    }

    /**
     * Names what this handler holds outside the system's table and nobody needs, for example
     * devices whose backing file lies below a directory.
     *
     * @param directory an absolute path; never {@code null}
     * @param inUse the mount points of this handler's mounts that are on record; unmodifiable
     * @return one text a thing that belongs to none of them, naming it and what it belongs to;
     *     never {@code null}
     */
    default List<String> leftBelow(String directory, Set<String> inUse) {
        return List.of();
    }
}

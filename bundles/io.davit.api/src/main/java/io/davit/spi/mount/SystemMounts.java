package io.davit.spi.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;

import org.osgi.annotation.versioning.ConsumerType;

import java.util.List;
import java.util.Optional;

/**
 * Mounts that need no handler: mount(2) and umount2(2), or what stands for them.
 *
 * <p><b>Threads.</b> As for {@link MountHandler}.
 *
 * @since 1.0
 */
@ConsumerType
public interface SystemMounts {
    /**
     * Performs a mount on an existing directory.
     *
     * @param mount the mount, with containerd's options; never {@code null}
     * @param at the absolute path of the directory
     * @throws DavitException {@code INVALID_ARGUMENT} if an option is refused; otherwise the kind
     *     of the error number; on failure nothing is left mounted
     */
    void mount(Mount mount, String at) throws DavitException;

    /**
     * Undoes the topmost mount at a path, with everything that is mounted below it (a recursive
     * bind brings such mounts along). Nothing outside of the path is undone, whatever the mounts
     * share with others. Succeeds when nothing is mounted there.
     *
     * @param mountPoint the absolute path
     * @throws DavitException {@code FAILED_PRECONDITION} if it stayed busy; otherwise the kind of
     *     the error number
     */
    void unmount(String mountPoint) throws DavitException;

    /**
     * Returns what is mounted at a path and below it, from the system's own table.
     *
     * <p>The manager deletes nothing below a path for which this is not empty.
     *
     * @param path an absolute path without links; never {@code null}
     * @return one entry a layer, the oldest first; an empty list if nothing is mounted there; an
     *     empty {@code Optional} where there is no such table; never {@code null}
     * @throws DavitException {@code INTERNAL} if the table cannot be read
     */
    default Optional<List<MountEntry>> mountsBelow(String path) throws DavitException {
        return Optional.empty();
    }

    /**
     * Takes the topmost mount at a path, and what is below it, out of the tree, although it is
     * busy; it is gone for good when its last user is. Succeeds when nothing is mounted there.
     *
     * @param mountPoint the absolute path
     * @throws DavitException {@code NOT_IMPLEMENTED} where this cannot be done; otherwise the kind
     *     of the error number
     */
    default void detach(String mountPoint) throws DavitException {
        throw new DavitException(Kind.NOT_IMPLEMENTED, "cannot detach a busy mount here");
    }

    /**
     * Names who keeps a mount busy, for messages: processes, their descriptors and namespaces.
     *
     * @param mountPoint the absolute path
     * @return one text a holder, at most a few; empty if nobody was found; never {@code null}
     */
    default List<String> holders(String mountPoint) {
        return List.of();
    }

    /**
     * Says whether somebody still uses a mount that was detached.
     *
     * @param id the number of the mount, see {@link MountEntry#id}, as it was before
     * @return {@code false} also if that cannot be told
     */
    default boolean isHeld(long id) {
        return false;
    }
}

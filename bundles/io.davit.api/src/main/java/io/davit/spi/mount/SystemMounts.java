package io.davit.spi.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;

import org.osgi.annotation.versioning.ConsumerType;

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
     * Undoes the topmost mount at a path. Succeeds when nothing is mounted there.
     *
     * @param mountPoint the absolute path
     * @throws DavitException {@code FAILED_PRECONDITION} if it stayed busy; otherwise the kind of
     *     the error number
     */
    void unmount(String mountPoint) throws DavitException;
}

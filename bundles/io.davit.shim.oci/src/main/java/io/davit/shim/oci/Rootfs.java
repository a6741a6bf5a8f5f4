package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.MountEntry;
import io.davit.linux.MountFlags;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The mounts that make up a task's root filesystem, made at one directory. */
final class Rootfs {
    private static final int TRIES = 20;
    private static final long BETWEEN_TRIES_MILLIS = 10;
    private static final int MOST_LAYERS = 4096;

    private final Path target;

    Rootfs(Path target) {
        this.target = target;
    }

    /** Finds the directory that mounts show as it is, if they do no more than that. */
    static Optional<Path> directory(List<Mount> mounts) throws DavitException {
        if (mounts.size() != 1 || !mounts.get(0).target().isEmpty()) {
            return Optional.empty();
        }
        MountOptions options = MountOptions.parse(mounts.get(0).options());
        long known = MountFlags.BIND | MountFlags.REC | MountFlags.RDONLY;
        boolean plain =
                options.has(MountFlags.BIND)
                        && (options.flags() & ~known) == 0
                        && options.data().isEmpty();
        return plain ? Optional.of(Path.of(mounts.get(0).source())) : Optional.empty();
    }

    /** Says whether mounts end up as a root that cannot be written to. */
    static boolean isReadOnly(List<Mount> mounts) throws DavitException {
        boolean readOnly = false;
        for (Mount mount : mounts) {
            if (mount.target().isEmpty()) {
                readOnly = MountOptions.parse(mount.options()).has(MountFlags.RDONLY);
            }
        }
        return readOnly;
    }

    /**
     * Makes the mounts in order; none is left when one fails.
     *
     * @throws DavitException names the index of the one that failed
     */
    void mount(List<Mount> mounts) throws DavitException {
        int index = 0;
        try {
            for (; index < mounts.size(); index++) {
                mount(mounts.get(index));
            }
        } catch (LinuxException e) {
            unmountAfter(e);
            throw Failures.of("mount root filesystem: index=" + index, e);
        } catch (DavitException e) {
            unmountAfter(e);
            throw e.during("mount root filesystem: index=" + index);
        }
    }

    private void unmountAfter(Exception cause) {
        try {
            unmount();
        } catch (LinuxException e) {
            cause.addSuppressed(e);
        }
    }

    private void mount(Mount mount) throws LinuxException, DavitException {
        MountOptions options = MountOptions.parse(mount.options());
        String at = at(mount);
        boolean bind = options.has(MountFlags.BIND);
        Mounts.mount(mount.source(), at, bind ? "" : mount.type(), options.first(), options.data());
        if (options.second() != 0) {
            // The first call of a bind mount ignores everything else.
            Mounts.mount("", at, "", options.second(), "");
        }
        if (options.propagation() != 0) {
            Mounts.mount("", at, "", options.propagation(), "");
        }
    }

    private String at(Mount mount) throws DavitException {
        if (mount.target().isEmpty()) {
            return target.toString();
        }
        Path inside = target.resolve(mount.target()).normalize();
        if (mount.target().startsWith("/") || !inside.startsWith(target)) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "mount target leads out of the root filesystem: target="
                            + Texts.quote(mount.target()));
        }
        return inside.toString();
    }

    /** Undoes all mounts at the directory and below; succeeds when there are none. */
    void unmount() throws LinuxException {
        for (int layer = 0; layer < MOST_LAYERS && isMounted(); layer++) {
            try {
                Mounts.unmount(target.toString(), MountFlags.UMOUNT_NOFOLLOW);
            } catch (LinuxException e) {
                if (!e.is(Errno.EBUSY)) {
                    throw e;
                }
                unmountBelow();
            }
        }
    }

    /** Asks about the directory alone, which costs the same however much is mounted elsewhere. */
    private boolean isMounted() throws LinuxException {
        try (Dir dir = Dir.open(target)) {
            FileStatus status = dir.status();
            boolean unknown = status.mountId() < 0;
            return unknown
                    ? MountTable.read().at(target.toString()).isPresent()
                    : status.mountRoot();
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private void unmountBelow() throws LinuxException {
        for (MountEntry entry : MountTable.read().below(target.toString())) {
            unmount(entry.mountPoint());
        }
    }

    /** Tries again while it is busy, then takes it out of the tree: it goes with its last user. */
    private static void unmount(String mountPoint) throws LinuxException {
        for (int i = 0; i < TRIES; i++) {
            try {
                Mounts.unmount(mountPoint, MountFlags.UMOUNT_NOFOLLOW);
                return;
            } catch (LinuxException e) {
                if (e.is(Errno.EINVAL)) {
                    return;
                }
                if (!e.is(Errno.EBUSY) || !pause()) {
                    break;
                }
            }
        }
        Mounts.unmount(mountPoint, MountFlags.UMOUNT_NOFOLLOW | MountFlags.UMOUNT_DETACH);
    }

    private static boolean pause() {
        try {
            Thread.sleep(BETWEEN_TRIES_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package io.davit.mount.linux;

import io.davit.linux.Descriptor;
import io.davit.linux.DetachedMount;
import io.davit.linux.Dir;
import io.davit.linux.DirectoryEntry;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.MountEntry;
import io.davit.linux.MountFlags;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;
import io.davit.linux.Owner;
import io.davit.linux.ProcessStatus;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Directories shown with mapped owners for the moment in which an overlay is made of them.
 *
 * <p>Each is a mount in a directory {@code pid-starttime-number}, so that what a process left that
 * was killed in this moment can be told from what is in use, and removed.
 */
final class MappedLayers {
    private static final int MODE = 0700;

    private final String directory;
    private final AtomicInteger numbers = new AtomicInteger();

    MappedLayers(String directory) {
        this.directory = directory;
    }

    MountKernel.Held show(String common, Descriptor namespace) throws LinuxException {
        Path parent = Path.of(directory).getParent();
        String base = directory.substring(directory.lastIndexOf('/') + 1);
        int pid = (int) ProcessHandle.current().pid();
        long start = ProcessStatus.of(pid).orElseThrow().startTime();
        String name = pid + "-" + start + "-" + numbers.incrementAndGet();
        try (Dir above = Dir.open(parent);
                DetachedMount clone = DetachedMount.cloneOf(common, true)) {
            clone.mapOwners(namespace, MountFlags.ATTR_RDONLY);
            above.makeDirs(base, MODE, Owner.ofProcess());
            requireOurs(above.status(base));
            above.makeDir(base + "/" + name, MODE, Owner.ofProcess());
            String path = directory + "/" + name;
            try {
                clone.attach(path);
            } catch (LinuxException e) {
                above.removeDir(base + "/" + name);
                throw e;
            }
            return held(path);
        }
    }

    private void requireOurs(FileStatus status) throws LinuxException {
        boolean ours = status.isDirectory() && status.uid() == Owner.ofProcess().uid();
        if (!ours || (status.mode() & 077) != 0) {
            throw new LinuxException(Errno.EPERM, "show layers", directory, "not ours alone");
        }
    }

    private static MountKernel.Held held(String path) {
        return new MountKernel.Held() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public void close() throws LinuxException {
                Mounts.unmount(path, MountFlags.UMOUNT_DETACH | MountFlags.UMOUNT_NOFOLLOW);
                remove(path);
            }
        };
    }

    private static void remove(String path) throws LinuxException {
        try (Dir parent = Dir.open(path.substring(0, path.lastIndexOf('/')))) {
            parent.removeDir(path.substring(path.lastIndexOf('/') + 1));
        }
    }

    /** Removes what processes that have ended left. */
    void removeStale() throws LinuxException {
        if (!new java.io.File(directory).isDirectory()) {
            return;
        }
        try (Dir all = Dir.open(directory)) {
            requireOurs(all.status());
            for (DirectoryEntry entry : all.list(".")) {
                if (isStale(entry.name())) {
                    String path = directory + "/" + entry.name();
                    for (MountEntry mount : MountTable.read().below(path)) {
                        Mounts.unmount(mount.mountPoint(), MountFlags.UMOUNT_DETACH);
                    }
                    remove(path);
                }
            }
        }
    }

    private static boolean isStale(String name) throws LinuxException {
        String[] parts = name.split("-");
        if (parts.length != 3 || !name.matches("[0-9]{1,9}-[0-9]{1,18}-[0-9]{1,9}")) {
            return false;
        }
        return !ProcessStatus.isAlive(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }
}

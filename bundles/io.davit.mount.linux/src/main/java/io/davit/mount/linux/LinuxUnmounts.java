package io.davit.mount.linux;

import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.FilesystemStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.MountFlags;
import io.davit.linux.Mounts;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The calls of an unmount as Linux has them. */
final class LinuxUnmounts implements UnmountKernel {
    private static final List<String> FUSE_HELPERS = List.of("fusermount3", "fusermount");

    private final Settings settings;

    LinuxUnmounts(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void unmount(String path) throws LinuxException {
        Mounts.unmount(path, MountFlags.UMOUNT_NOFOLLOW);
    }

    @Override
    public boolean isFuse(String path) {
        try {
            return FilesystemStatus.of(path).magic() == FilesystemStatus.FUSE;
        } catch (LinuxException deadOrMissing) {
            return false;
        }
    }

    @Override
    public boolean fuseUnmount(String path) throws IOException {
        for (String name : FUSE_HELPERS) {
            Optional<HelperProgram> helper = HelperProgram.find(name);
            if (helper.isPresent() && succeeds(helper.get(), path)) {
                return true;
            }
        }
        return false;
    }

    private boolean succeeds(HelperProgram helper, String path) throws IOException {
        try {
            helper.run(List.of("-u", path), settings.helperTimeout());
            return true;
        } catch (java.io.InterruptedIOException e) {
            throw e;
        } catch (IOException refused) {
            return false;
        }
    }

    @Override
    public boolean exists(String path) {
        try {
            FileStatus.at(path);
            return true;
        } catch (LinuxException e) {
            return !e.is(Errno.ENOENT, Errno.ENOTDIR);
        }
    }

    @Override
    public void pause() throws IOException {
        Pauses.sleep(settings.unmountPause().toMillis());
    }
}

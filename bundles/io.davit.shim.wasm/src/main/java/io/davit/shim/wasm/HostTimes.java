package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Sets the times of a file of the host. Relative to an open directory, older JDKs set microseconds
 * alone; a file gets its nanoseconds by a further name at the top of the volume, whose path belongs
 * to the host.
 */
final class HostTimes {
    private static final long MICROSECOND = 1_000;

    private HostTimes() {}

    /** Sets the times of a name in a directory; of the directory itself when it is {@code null}. */
    static void set(HostHandle handle, Path name, FileTimes times, HostHandle top)
            throws IOException, ErrnoException {
        BasicFileAttributes found = handle.attributes(name);
        if (!found.isDirectory() && !found.isRegularFile()) {
            throw new ErrnoException(Errno.NOTSUP);
        }
        FileTime modified = HostStats.time(times.modified());
        FileTime accessed = HostStats.time(times.accessed());
        handle.view(name).setTimes(modified, accessed, null);
        if (found.isRegularFile() && (isFine(times.modified()) || isFine(times.accessed()))) {
            BasicFileAttributes now = handle.attributes(name);
            boolean exact =
                    (modified == null || modified.equals(now.lastModifiedTime()))
                            && (accessed == null || accessed.equals(now.lastAccessTime()));
            if (!exact) {
                setByLink(handle, name, found.fileKey(), modified, accessed, top);
            }
        }
    }

    private static boolean isFine(Long nanos) {
        return nanos != null && nanos % MICROSECOND != 0;
    }

    private static void setByLink(
            HostHandle handle,
            Path name,
            Object key,
            FileTime modified,
            FileTime accessed,
            HostHandle top)
            throws IOException {
        Path temporary = Path.of(HostVolume.temporaryName());
        Path link = top.path().resolve(temporary);
        try {
            Files.createLink(link, handle.path().resolve(name));
        } catch (IOException | UnsupportedOperationException e) {
            // A file system without hard links, or a file that is not ours: microseconds must do.
            return;
        }
        try {
            if (key.equals(top.attributes(temporary).fileKey())) {
                Files.getFileAttributeView(
                                link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(modified, accessed, null);
            }
        } finally {
            top.delete(temporary, false);
        }
    }
}

package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Set;

/** Copies one file of a lower layer to the upper one, whole or not at all. */
final class CopyUp {
    private static final long PIECE = 1 << 20;

    private CopyUp() {}

    /** Copies what a name leads to; of a directory the directory alone. */
    static void copy(HostDir from, String name, FileType type, HostDir work, HostDir to)
            throws ErrnoException {
        switch (type) {
            case DIRECTORY -> {
                to.makeDir(name);
                attributes(from.handle(), Path.of(name), to.handle(), Path.of(name));
            }
            case SYMBOLIC_LINK -> to.makeLink(name, from.readLink(name));
            case REGULAR_FILE -> file(from.handle(), Path.of(name), work.handle(), to.handle());
            default -> throw new ErrnoException(Errno.PERM);
        }
    }

    private static void file(HostHandle from, Path name, HostHandle work, HostHandle to)
            throws ErrnoException {
        Path temporary = Path.of(HostVolume.temporaryName());
        try {
            try {
                content(from, name, work, temporary);
                attributes(from, name, work, temporary);
                work.move(temporary, to, name);
            } catch (IOException e) {
                work.delete(temporary, false);
                throw e;
            }
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    private static void content(HostHandle from, Path name, HostHandle work, Path temporary)
            throws IOException {
        try (FileChannel out =
                        work.openFile(
                                temporary,
                                Set.of(
                                        StandardOpenOption.CREATE_NEW,
                                        StandardOpenOption.WRITE,
                                        LinkOption.NOFOLLOW_LINKS));
                FileChannel in =
                        from.openFile(
                                name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            long size = in.size();
            for (long at = 0; at < size; ) {
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    throw new ClosedByInterruptException();
                }
                long count = in.transferTo(at, Math.min(PIECE, size - at), out);
                if (count <= 0) {
                    break;
                }
                at += count;
            }
        }
    }

    /** Copies owner, times and permissions, as far as we may. */
    private static void attributes(HostHandle from, Path name, HostHandle to, Path newName)
            throws ErrnoException {
        try {
            PosixFileAttributes found = from.view(name).readAttributes();
            PosixFileAttributeView view = to.view(newName);
            owner(view, found);
            FileTime modified = found.lastModifiedTime();
            view.setTimes(modified, found.lastAccessTime(), null);
            view.setPermissions(found.permissions());
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    private static void owner(PosixFileAttributeView view, PosixFileAttributes found) {
        try {
            PosixFileAttributes now = view.readAttributes();
            if (!now.owner().equals(found.owner())) {
                view.setOwner(found.owner());
            }
            if (!now.group().equals(found.group())) {
                view.setGroup(found.group());
            }
        } catch (IOException ignored) {
            // Only a privileged process may; the copy then belongs to this one.
        }
    }
}

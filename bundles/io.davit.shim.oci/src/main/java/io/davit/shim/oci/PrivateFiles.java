package io.davit.shim.oci;

import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.DirectoryEntry;
import io.davit.linux.Errno;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.Owner;
import io.davit.linux.Resolve;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The small files of the plugin in one directory: readable by their owner alone, whole or absent.
 */
final class PrivateFiles {
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final Set<OpenFlag> APPEND =
            EnumSet.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND, OpenFlag.NOFOLLOW);

    private final Path path;

    PrivateFiles(Path path) {
        this.path = path;
    }

    /** Lists the directories in a directory; none if it is not there. */
    static List<PrivateFiles> below(Path path) throws LinuxException {
        List<PrivateFiles> all = new ArrayList<>();
        try (Dir dir = Dir.open(path)) {
            for (DirectoryEntry entry : dir.list(".")) {
                if (entry.type() == FileType.DIRECTORY && !entry.name().startsWith(".")) {
                    all.add(new PrivateFiles(path.resolve(entry.name())));
                }
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        return all;
    }

    Path path() {
        return path;
    }

    Path path(String name) {
        return path.resolve(name);
    }

    /** Makes the directory and those above it that are missing. */
    static PrivateFiles make(Path path) throws LinuxException {
        try (Dir root = Dir.open("/")) {
            root.makeDirs(path.toString().substring(1), DIRECTORY_MODE, Owner.UNCHANGED);
        }
        return new PrivateFiles(path);
    }

    /** Puts a file in place of the one that may be there. */
    void write(String name, String text) throws LinuxException {
        String next = "." + name + ".new";
        try (Dir dir = Dir.open(path)) {
            try (Descriptor file = create(dir, next)) {
                file.write(text.getBytes(StandardCharsets.UTF_8));
            }
            dir.rename(next, dir, name);
        }
    }

    /** Creates a file anew; what a writer that was killed left is in the way at most once. */
    private static Descriptor create(Dir dir, String name) throws LinuxException {
        try {
            return dir.create(name, FILE_MODE);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            dir.unlink(name);
            return dir.create(name, FILE_MODE);
        }
    }

    /** Adds to the end of a file, which is made if it is not there. */
    void append(String name, String text) throws LinuxException {
        try (Dir dir = Dir.open(path);
                Descriptor file = dir.open(name, APPEND, FILE_MODE, Resolve.BENEATH)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Reads a file; nothing if there is none. */
    Optional<String> read(String name, int limit) throws LinuxException {
        try (Dir dir = Dir.open(path);
                Descriptor file = dir.read(name)) {
            return Optional.of(new String(file.readAll(limit), StandardCharsets.UTF_8));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Removes a file, if there is one. */
    void remove(String name) throws LinuxException {
        try (Dir dir = Dir.open(path)) {
            unlink(dir, name);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static void unlink(Dir dir, String name) throws LinuxException {
        try {
            dir.unlink(name);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}

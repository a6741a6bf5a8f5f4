package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the host knows of a file, as a {@link FileStat}. */
final class HostStats {
    private static final String MORE = "unix:dev,ino,nlink,ctime";

    private HostStats() {}

    static FileType type(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return FileType.REGULAR_FILE;
        }
        if (attributes.isDirectory()) {
            return FileType.DIRECTORY;
        }
        if (attributes.isSymbolicLink()) {
            return FileType.SYMBOLIC_LINK;
        }
        return FileType.UNKNOWN;
    }

    /** Reads a name by handle; the number of links and ctime by path, if that is the same file. */
    static FileStat full(HostHandle handle, Path name) throws IOException {
        FileStat base = of(handle.attributes(name));
        try {
            Path path = name == null ? handle.path() : handle.path().resolve(name);
            Map<String, Object> more = Files.readAttributes(path, MORE, LinkOption.NOFOLLOW_LINKS);
            if (number(more, "dev") == base.dev() && number(more, "ino") == base.ino()) {
                return new FileStat(
                        base.dev(),
                        base.ino(),
                        base.type(),
                        number(more, "nlink"),
                        base.size(),
                        base.atime(),
                        base.mtime(),
                        nanos((FileTime) more.get("ctime")));
            }
        } catch (IOException | UnsupportedOperationException ignored) {
            // Not the same file any more, or a platform without that view: the base will do.
        }
        return base;
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) attributes.get(name)).longValue();
    }

    static FileStat of(BasicFileAttributes attributes) {
        String key = String.valueOf(attributes.fileKey());
        long modified = nanos(attributes.lastModifiedTime());
        return new FileStat(
                part(key, "dev=", 16),
                part(key, "ino=", 10),
                type(attributes),
                1,
                attributes.size(),
                nanos(attributes.lastAccessTime()),
                modified,
                modified);
    }

    /** Reads a number of a file key, which prints as {@code (dev=HEX,ino=DECIMAL)}. */
    static long part(String key, String name, int radix) {
        int from = key.indexOf(name);
        if (from < 0) {
            return 0;
        }
        long value = 0;
        for (int i = from + name.length(); i < key.length(); i++) {
            int digit = Character.digit(key.charAt(i), radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
        }
        return value;
    }

    static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }

    static FileTime time(Long nanos) {
        return nanos == null ? null : FileTime.from(nanos, TimeUnit.NANOSECONDS);
    }
}

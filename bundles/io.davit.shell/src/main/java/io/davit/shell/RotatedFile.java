package io.davit.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is appended to and, at a size, put aside under a second name in place of the one
 * before. Mode 0600, never a link. Not open between two appends. Confined to one thread at a time.
 */
final class RotatedFile {
    private static final Set<OpenOption> APPEND =
            Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND,
                    LinkOption.NOFOLLOW_LINKS);
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path older;
    private final long mostBytes;

    /**
     * Names a file.
     *
     * @param file where it is written
     * @param older where it is put aside
     * @param mostBytes how large it may become
     */
    RotatedFile(Path file, Path older, long mostBytes) {
        this.file = file;
        this.older = older;
        this.mostBytes = mostBytes;
    }

    /** Appends bytes, after putting aside a file that would become too large. */
    void append(ByteBuffer bytes) throws IOException {
        if (size() > 0 && size() + bytes.remaining() > mostBytes) {
            Files.move(file, older, StandardCopyOption.ATOMIC_MOVE);
        }
        try (SeekableByteChannel out = Files.newByteChannel(file, APPEND, PRIVATE)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    private long size() throws IOException {
        try {
            return (long) Files.getAttribute(file, "size", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}

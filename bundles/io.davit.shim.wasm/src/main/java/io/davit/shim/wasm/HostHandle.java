package io.davit.shim.wasm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Set;

/**
 * An open directory of the host. Names are single components; links are never followed.
 *
 * <p>Where the platform has {@link SecureDirectoryStream}, everything happens relative to the open
 * directory, so that nothing done to the directories above can lead it elsewhere. Elsewhere {@link
 * CheckedHandle} compares before and after.
 */
abstract class HostHandle implements Closeable {
    /** Where the directory was when it was opened: for what cannot be done by handle. */
    private final Path path;

    HostHandle(Path path) {
        this.path = path;
    }

    /** Opens the top of a volume. The path belongs to the host and is trusted. */
    static HostHandle openRoot(Path root, boolean allowSecure) throws IOException {
        if (allowSecure) {
            DirectoryStream<Path> stream = Files.newDirectoryStream(root);
            if (stream instanceof SecureDirectoryStream<Path> secure) {
                return new SecureHandle(root, secure);
            }
            stream.close();
        }
        return CheckedHandle.openRoot(root);
    }

    final Path path() {
        return path;
    }

    /** What is known of a name; of the directory itself when it is {@code null}. */
    abstract BasicFileAttributes attributes(Path name) throws IOException;

    abstract PosixFileAttributeView view(Path name) throws IOException;

    abstract HostHandle openDir(Path name) throws IOException;

    abstract FileChannel openFile(Path name, Set<OpenOption> options) throws IOException;

    abstract void delete(Path name, boolean directory) throws IOException;

    abstract void move(Path name, HostHandle to, Path newName) throws IOException;

    /** A fresh look at the directory; the caller closes it. */
    abstract DirectoryStream<Path> list() throws IOException;

    /** Says whether the path still leads to the same file as the handle's name. */
    final boolean pathAgrees(Path name) throws IOException {
        Path full = name == null ? path : path.resolve(name);
        Object byPath =
                Files.readAttributes(full, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey();
        return byPath != null && byPath.equals(attributes(name).fileKey());
    }
}

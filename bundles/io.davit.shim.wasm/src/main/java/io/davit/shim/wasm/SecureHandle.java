package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Set;

/** A directory by descriptor: openat, fstatat, renameat, unlinkat. */
final class SecureHandle extends HostHandle {
    private static final Path SELF = Path.of(".");

    private final SecureDirectoryStream<Path> stream;

    SecureHandle(Path path, SecureDirectoryStream<Path> stream) {
        super(path);
        this.stream = stream;
    }

    @Override
    BasicFileAttributes attributes(Path name) throws IOException {
        if (name == null) {
            return stream.getFileAttributeView(BasicFileAttributeView.class).readAttributes();
        }
        return stream.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    @Override
    PosixFileAttributeView view(Path name) {
        if (name == null) {
            return stream.getFileAttributeView(PosixFileAttributeView.class);
        }
        return stream.getFileAttributeView(
                name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    HostHandle openDir(Path name) throws IOException {
        return new SecureHandle(path().resolve(name), child(name));
    }

    private SecureDirectoryStream<Path> child(Path name) throws IOException {
        return stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    FileChannel openFile(Path name, Set<OpenOption> options) throws IOException {
        return (FileChannel) stream.newByteChannel(name, options);
    }

    @Override
    void delete(Path name, boolean directory) throws IOException {
        if (directory) {
            stream.deleteDirectory(name);
        } else {
            stream.deleteFile(name);
        }
    }

    @Override
    void move(Path name, HostHandle to, Path newName) throws IOException {
        stream.move(name, ((SecureHandle) to).stream, newName);
    }

    @Override
    DirectoryStream<Path> list() throws IOException {
        return child(SELF);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}

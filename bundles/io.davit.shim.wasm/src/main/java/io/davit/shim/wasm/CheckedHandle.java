package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Set;

/**
 * A directory by path, for platforms without {@link java.nio.file.SecureDirectoryStream}: before
 * and after each step the path must still be the directory that was opened, reached without a link.
 *
 * <p>Weaker than {@link SecureHandle} against somebody on the host who exchanges directories in
 * that very moment; what was opened meanwhile is given back unused.
 */
final class CheckedHandle extends HostHandle {
    private final Object key;

    private CheckedHandle(Path path, Object key) {
        super(path);
        this.key = key;
    }

    static CheckedHandle openRoot(Path root) throws IOException {
        Path real = root.toRealPath();
        return new CheckedHandle(real, read(real).fileKey());
    }

    private static BasicFileAttributes read(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Fails unless the path is still this directory and no component of it is a link. */
    private void check() throws IOException {
        if (!path().toRealPath().equals(path()) || !key.equals(read(path()).fileKey())) {
            throw new AccessDeniedException(path().toString());
        }
    }

    private Path child(Path name) throws IOException {
        check();
        return name == null ? path() : path().resolve(name);
    }

    @Override
    BasicFileAttributes attributes(Path name) throws IOException {
        BasicFileAttributes found = read(child(name));
        check();
        return found;
    }

    @Override
    PosixFileAttributeView view(Path name) throws IOException {
        return Files.getFileAttributeView(
                child(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    HostHandle openDir(Path name) throws IOException {
        Path child = child(name);
        BasicFileAttributes found = read(child);
        if (!found.isDirectory()) {
            throw new java.nio.file.NotDirectoryException(child.toString());
        }
        CheckedHandle opened = new CheckedHandle(child, found.fileKey());
        opened.check();
        return opened;
    }

    @Override
    FileChannel openFile(Path name, Set<OpenOption> options) throws IOException {
        FileChannel channel = FileChannel.open(child(name), options);
        try {
            check();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    @Override
    void delete(Path name, boolean directory) throws IOException {
        Path child = child(name);
        if (read(child).isDirectory() != directory) {
            throw directory
                    ? new java.nio.file.NotDirectoryException(child.toString())
                    : new java.nio.file.FileSystemException(
                            child.toString(), null, "Is a directory");
        }
        Files.delete(child);
    }

    @Override
    void move(Path name, HostHandle to, Path newName) throws IOException {
        Path target = ((CheckedHandle) to).child(newName);
        Files.move(child(name), target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    DirectoryStream<Path> list() throws IOException {
        check();
        return Files.newDirectoryStream(path());
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}

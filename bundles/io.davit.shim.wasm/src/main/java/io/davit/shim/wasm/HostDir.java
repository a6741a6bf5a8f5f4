package io.davit.shim.wasm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A directory of the host.
 *
 * <p>The JDK cannot make a directory or a link relative to an open directory. Both are made under a
 * fresh name at the top of the volume, whose path belongs to the host, and moved into place by
 * descriptor; so no directory a guest could exchange is part of a path that is written through.
 */
final class HostDir implements Dir {
    private final HostVolume volume;
    private final HostHandle handle;

    /** Holds on this directory: walks, descriptors and open files. */
    private final AtomicInteger holds = new AtomicInteger(1);

    HostDir(HostVolume volume, HostHandle handle) {
        this.volume = volume;
        this.handle = handle;
    }

    HostHandle handle() {
        return handle;
    }

    @Override
    public HostVolume volume() {
        return volume;
    }

    /** A name as the host spells it; names made for an instant do not exist for guests. */
    static Path path(String name) throws ErrnoException {
        if (HostVolume.isTemporary(name)) {
            throw new ErrnoException(Errno.NOENT);
        }
        return spelled(name);
    }

    private static Path spelled(String name) throws ErrnoException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new ErrnoException(Errno.ILSEQ);
        }
    }

    @Override
    public FileStat stat() throws ErrnoException {
        try {
            return HostStats.full(handle, null);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public FileStat stat(String name) throws ErrnoException {
        try {
            return HostStats.full(handle, path(name));
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public FileType typeOf(String name) throws ErrnoException {
        try {
            return HostStats.type(handle.attributes(path(name)));
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    /** The type, or {@code null} when there is nothing. */
    FileType typeOrNull(String name) throws ErrnoException {
        try {
            return typeOf(name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public HostDir openDir(String name) throws ErrnoException {
        Path path = path(name);
        try {
            // Looked at first: to open a FIFO by mistake would wait for its other end.
            if (!handle.attributes(path).isDirectory()) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            return new HostDir(volume, handle.openDir(path));
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public GuestFile openFile(String name, OpenHow how) throws ErrnoException {
        Path path = path(name);
        try {
            requireOpenable(path, how);
            FileChannel channel = handle.openFile(path, options(how));
            return new HostFile(this, name, channel);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    /** Devices, FIFOs and sockets of the host are not opened, as with the mount option nodev. */
    private void requireOpenable(Path path, OpenHow how) throws IOException, ErrnoException {
        BasicFileAttributes found;
        try {
            found = handle.attributes(path);
        } catch (NoSuchFileException e) {
            if (how.create()) {
                return;
            }
            throw e;
        }
        if (how.create() && how.exclusive()) {
            throw new ErrnoException(Errno.EXIST);
        }
        if (found.isDirectory()) {
            throw new ErrnoException(Errno.ISDIR);
        }
        if (found.isSymbolicLink()) {
            throw new ErrnoException(Errno.LOOP);
        }
        if (!found.isRegularFile()) {
            throw new ErrnoException(Errno.ACCES);
        }
    }

    private static Set<OpenOption> options(OpenHow how) {
        Set<OpenOption> options = new HashSet<>();
        options.add(LinkOption.NOFOLLOW_LINKS);
        if (how.write() || how.truncate() || how.create()) {
            options.add(StandardOpenOption.WRITE);
        }
        if (how.read() || !how.write()) {
            options.add(StandardOpenOption.READ);
        }
        if (how.create()) {
            options.add(
                    how.exclusive() ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
        }
        if (how.truncate()) {
            options.add(StandardOpenOption.TRUNCATE_EXISTING);
        }
        return options;
    }

    @Override
    public String readLink(String name) throws ErrnoException {
        Path path = path(name);
        try {
            if (!handle.attributes(path).isSymbolicLink()) {
                throw new ErrnoException(Errno.INVAL);
            }
            String target = Files.readSymbolicLink(handle.path().resolve(path)).toString();
            if (!handle.pathAgrees(path)) {
                throw new ErrnoException(Errno.AGAIN);
            }
            return target;
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public void makeDir(String name) throws ErrnoException {
        place(name, Files::createDirectory, true);
    }

    @Override
    public void makeLink(String name, String target) throws ErrnoException {
        Path to = spelled(target);
        place(name, path -> Files.createSymbolicLink(path, to), false);
    }

    @Override
    public void makeHardLink(String name, Dir from, String existing) throws ErrnoException {
        HostDir source = (HostDir) from;
        Path path = path(existing);
        Object key;
        try {
            key = source.handle.attributes(path).fileKey();
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
        Path full = source.handle.path().resolve(path);
        place(name, link -> createLink(link, full, key), false);
    }

    /** The existing file is named by path: what was linked must be what was looked at. */
    private void createLink(Path link, Path existing, Object key) throws IOException {
        Files.createLink(link, existing);
        BasicFileAttributes made =
                Files.readAttributes(link, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!key.equals(made.fileKey())) {
            Files.delete(link);
            throw new java.nio.file.AccessDeniedException(existing.toString());
        }
    }

    /** Makes something at a path. */
    private interface Maker {
        void make(Path path) throws IOException;
    }

    private void place(String name, Maker maker, boolean directory) throws ErrnoException {
        Path path = path(name);
        HostHandle top = volume.root().handle;
        try {
            if (exists(path)) {
                throw new FileAlreadyExistsException(name);
            }
            Path temporary = Path.of(HostVolume.temporaryName());
            maker.make(top.path().resolve(temporary));
            try {
                top.move(temporary, handle, path);
            } catch (IOException e) {
                top.delete(temporary, directory);
                throw e;
            }
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    private boolean exists(Path path) throws IOException {
        try {
            handle.attributes(path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void removeDir(String name) throws ErrnoException {
        remove(name, true);
    }

    @Override
    public void removeFile(String name) throws ErrnoException {
        remove(name, false);
    }

    private void remove(String name, boolean directory) throws ErrnoException {
        Path path = path(name);
        try {
            if (handle.attributes(path).isDirectory() != directory) {
                throw new ErrnoException(directory ? Errno.NOTDIR : Errno.ISDIR);
            }
            handle.delete(path, directory);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public void rename(String name, Dir to, String newName) throws ErrnoException {
        try {
            handle.move(path(name), ((HostDir) to).handle, path(newName));
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public void setTimes(String name, FileTimes times) throws ErrnoException {
        Path path = name == null ? null : path(name);
        try {
            HostTimes.set(handle, path, times, volume.root().handle);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public Entries list() throws ErrnoException {
        try {
            DirectoryStream<Path> stream = handle.list();
            return new HostEntries(handle, stream);
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    @Override
    public HostDir retain() {
        holds.incrementAndGet();
        return this;
    }

    @Override
    public void close() {
        if (holds.decrementAndGet() > 0) {
            return;
        }
        try {
            handle.close();
        } catch (IOException ignored) {
            // A directory that was only read holds nothing back.
        }
    }
}

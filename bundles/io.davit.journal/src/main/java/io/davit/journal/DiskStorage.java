package io.davit.journal;

import io.davit.journal.JournalException.Reason;
import io.davit.journal.JournalRecovery.Damage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real directory, owned through a lock file. */
final class DiskStorage implements Storage {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int SYNC_TRIES = 100;

    private final Path directory;
    private final boolean readOnly;

    /** {@code null} on a read-only file system. */
    private final DirectoryLock lock;

    /** What was in the way. */
    private final List<Damage> found;

    private DiskStorage(Path directory, boolean readOnly, DirectoryLock lock, List<Damage> found) {
        this.directory = directory;
        this.readOnly = readOnly;
        this.lock = lock;
        this.found = List.copyOf(found);
    }

    /** Makes the directory if it is missing, and takes it. */
    static DiskStorage take(Path directory, JournalOptions options) throws JournalException {
        try {
            List<Damage> found = new ArrayList<>();
            clear(directory, found);
            makeDirectories(directory);
            Path real = directory.toRealPath();
            boolean readOnly = !Files.isWritable(real);
            DirectoryLock lock = readOnly ? null : DirectoryLock.take(real, found);
            return new DiskStorage(real, readOnly, lock, found);
        } catch (JournalException e) {
            throw e;
        } catch (IOException e) {
            Reason reason = saysFull(e) ? Reason.FULL : Reason.IO;
            throw new JournalException(
                    reason,
                    "journal not opened: name="
                            + options.name()
                            + " directory="
                            + directory
                            + " cause="
                            + e,
                    e);
        }
    }

    /** Moves a file that is in the place of the directory out of the way. */
    private static void clear(Path directory, List<Damage> found) throws IOException {
        if (Files.isRegularFile(directory)) {
            String name = BadName.next(System.currentTimeMillis(), 0);
            Path bad = directory.resolveSibling(name);
            Files.move(directory, bad);
            found.add(new Damage(bad, directory.getFileName() + ": no directory"));
        }
    }

    /** Makes a file that only its owner may read. */
    static void makeFile(Path file) throws IOException {
        Files.createFile(file, OWNER_ONLY);
    }

    private static void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        makeDirectories(parent);
        Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
        sync(parent);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .collect(Collectors.toList());
        }
    }

    @Override
    public StoredFile open(String name) throws IOException {
        return new DiskFile(new RandomAccessFile(path(name).toFile(), readOnly ? "r" : "rw"));
    }

    @Override
    public StoredFile create(String name) throws IOException {
        delete(name);
        makeFile(path(name));
        return open(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public void sync() throws IOException {
        sync(directory);
    }

    /** Only a channel can sync a directory, and an interrupt closes it: open it again then. */
    private static void sync(Path directory) throws IOException {
        boolean interrupted = false;
        try {
            for (int i = 1; ; i++) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    if (i == SYNC_TRIES) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Path path(String name) {
        return directory.resolve(name);
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public boolean isFull(IOException failure) {
        if (saysFull(failure)) {
            return true;
        }
        try {
            return Files.getFileStore(directory).getUsableSpace() == 0;
        } catch (IOException ignored) {
            return false;
        }
    }

    private static boolean saysFull(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("No space left") || message.contains("quota");
    }

    @Override
    public List<Damage> found() {
        return found;
    }

    @Override
    public void release() {
        if (lock != null) {
            lock.release();
        }
    }

    /** A file on disk; an interrupt does not close it, as it would a channel. */
    private static final class DiskFile implements StoredFile {
        private final RandomAccessFile file;

        DiskFile(RandomAccessFile file) {
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public int read(long at, byte[] into, int offset, int count) throws IOException {
            file.seek(at);
            return file.read(into, offset, count);
        }

        @Override
        public void write(long at, byte[] from, int offset, int count) throws IOException {
            file.seek(at);
            file.write(from, offset, count);
        }

        @Override
        public void truncate(long length) throws IOException {
            file.setLength(length);
        }

        @Override
        public void sync() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void syncData() throws IOException {
            file.getChannel().force(false);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}

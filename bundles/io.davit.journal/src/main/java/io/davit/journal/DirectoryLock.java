package io.davit.journal;

import io.davit.journal.JournalException.Reason;
import io.davit.journal.JournalRecovery.Damage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The right to one directory, held by one owner of all processes.
 *
 * <p>Between processes a lock of the kernel on the file {@code lock}, which also names the holder.
 * Within this process an entry of the system properties, which all class loaders share: the kernel
 * drops a process's lock as soon as the process closes any descriptor of the file, so a second
 * owner must be refused before it opens the file.
 */
final class DirectoryLock {
    private static final String NAME = "lock";
    private static final String PROPERTY = "io.davit.journal.open:";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int LONGEST_HOLDER = 200;

    private final String property;
    private final RandomAccessFile file;

    private DirectoryLock(String property, RandomAccessFile file) {
        this.property = property;
        this.file = file;
    }

    /** Takes the directory, or fails at once with {@code IN_USE}. */
    static DirectoryLock take(Path directory, List<Damage> found) throws IOException {
        String property = PROPERTY + identity(directory);
        if (System.getProperties().putIfAbsent(property, directory.toString()) != null) {
            throw inUse(directory, "this process");
        }
        boolean taken = false;
        try {
            DirectoryLock lock = new DirectoryLock(property, lockFile(directory, found));
            taken = true;
            return lock;
        } finally {
            if (!taken) {
                System.getProperties().remove(property);
            }
        }
    }

    /** Device and inode, so that two paths to one directory are one. */
    private static String identity(Path directory) throws IOException {
        Map<String, Object> key = Files.readAttributes(directory, "unix:dev,ino");
        return key.get("dev") + ":" + key.get("ino");
    }

    private static RandomAccessFile lockFile(Path directory, List<Damage> found)
            throws IOException {
        Path path = directory.resolve(NAME);
        if (Files.isDirectory(path)) {
            Path bad = directory.resolve(BadName.next(System.currentTimeMillis(), found.size()));
            Files.move(path, bad);
            found.add(new Damage(bad, NAME + ": a directory"));
        }
        try {
            DiskStorage.makeFile(path);
        } catch (FileAlreadyExistsException expected) {
            // every owner but the first
        }
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        boolean locked = false;
        try {
            FileLock lock = file.getChannel().tryLock();
            if (lock == null) {
                throw inUse(directory, holder(file));
            }
            file.setLength(0);
            file.write(ownName().getBytes(StandardCharsets.UTF_8));
            locked = true;
            return file;
        } finally {
            if (!locked) {
                file.close();
            }
        }
    }

    private static String ownName() {
        return "pid=" + ProcessHandle.current().pid() + " boot=" + bootId() + "\n";
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).trim();
        } catch (NoSuchFileException e) {
            return "unknown";
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static String holder(RandomAccessFile file) throws IOException {
        byte[] text = new byte[(int) Math.min(file.length(), LONGEST_HOLDER)];
        file.readFully(text);
        return new String(text, StandardCharsets.US_ASCII).trim();
    }

    private static JournalException inUse(Path directory, String holder) {
        return new JournalException(
                Reason.IN_USE, "journal in use: directory=" + directory + " holder: " + holder);
    }

    /** Lets the directory go. The file stays, as removing it would race with the next owner. */
    void release() {
        try {
            file.close();
        } catch (IOException ignored) {
            // closing a descriptor gives the lock up even when it reports an error
        } finally {
            System.getProperties().remove(property);
        }
    }
}

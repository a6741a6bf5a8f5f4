package io.davit.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory that belongs to one run, and the locks that the run holds until it ends, however it
 * ends.
 *
 * <p>Mode 0700, beside those of other runs. The lock on the file {@code davit.lock} inside says
 * that its run is alive; each run removes those whose lock it gets. A new directory gets its name
 * only once it is locked, so that nobody mistakes it for a dead one. Confined to the thread that
 * starts the run, then to the one that ends it.
 */
final class RunDirectory {
    private static final String LOCK = "davit.lock";
    private static final String UNNAMED = "new-";

    /** What the task manager leaves in the bundle directory of a task outside the JVM. */
    private static final String TASK_RECORD = "task.record";

    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 02;
    private static final Duration NAMING = Duration.ofMinutes(1);

    /** The mode of directories. */
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final List<FileChannel> locks = new ArrayList<>();

    private RunDirectory(Path path) {
        this.path = path;
    }

    /** Makes the directory of a new run and removes those that dead runs left. */
    static RunDirectory make(Path base) throws IOException {
        String name = ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36);
        Files.createDirectories(base, PRIVATE);
        Path unnamed = Files.createDirectory(base.resolve(UNNAMED + name), PRIVATE);
        requireOwner(base, unnamed);
        requireKept(base.getParent(), unnamed);
        RunDirectory made = new RunDirectory(base.resolve("run-" + name));
        made.locks.add(lock(unnamed));
        Files.move(unnamed, made.path);
        made.sweep(base);
        return made;
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /**
     * Makes a directory for this run; one outside is locked as well.
     *
     * @throws IOException if it cannot be made, others may write to it, or another run uses it
     */
    void makeAndLock(Path directory) throws IOException {
        Files.createDirectories(directory, PRIVATE);
        PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class);
        if (directory.getParent() == null
                || !found.isDirectory()
                || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("not a directory of its own: path=" + directory);
        }
        if (!directory.startsWith(path)) {
            locks.add(lock(directory));
        }
    }

    /** Removes the directory, then lets go of the locks. */
    void close() {
        try {
            FileTree.delete(path);
        } catch (IOException e) {
            // The next run tries again.
        }
        for (FileChannel lock : locks) {
            release(lock);
        }
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            // Ends with the process.
        }
    }

    private void sweep(Path base) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(base)) {
            for (Path other : others) {
                if (!other.equals(path)) {
                    removeIfDead(other);
                }
            }
        }
    }

    private static void removeIfDead(Path other) {
        try {
            if (other.getFileName().toString().startsWith(UNNAMED) && isYoung(other)) {
                return;
            }
            FileChannel lock = lock(other);
            try {
                if (hasTasks(other)) {
                    System.err.println(hint(other));
                } else {
                    FileTree.delete(other);
                }
            } finally {
                release(lock);
            }
        } catch (IOException e) {
            // Alive, or being removed by somebody else at this moment.
        }
    }

    /** Whether a dead run left tasks that may go on outside its JVM. */
    private static boolean hasTasks(Path other) throws IOException {
        Path tasks = other.resolve("state").resolve("tasks");
        if (!Files.isDirectory(tasks, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (Stream<Path> bundles = Files.find(tasks, 2, (path, found) -> found.isDirectory())) {
            return bundles.anyMatch(bundle -> Files.exists(bundle.resolve(TASK_RECORD)));
        }
    }

    private static String hint(Path other) {
        return "davit: a run that was killed left a task; end it with: davit daemon --root "
                + other.resolve("root")
                + " --state "
                + other.resolve("state")
                + ", then davit task delete --force";
    }

    private static boolean isYoung(Path directory) throws IOException {
        FileTime changed = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS);
        return changed.toInstant().isAfter(Instant.now().minus(NAMING));
    }

    private static void requireOwner(Path base, Path ours) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(base, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory() || !found.owner().equals(Files.getOwner(ours))) {
            throw new IOException("not a directory of this user: path=" + base);
        }
    }

    /** Requires that nobody but this user and root can put something else in place of the base. */
    private static void requireKept(Path parent, Path ours) throws IOException {
        Map<String, Object> found = Files.readAttributes(parent, "unix:mode,owner");
        Object owner = found.get("owner");
        int mode = (int) found.get("mode");
        boolean trusted =
                owner.equals(Files.getOwner(ours)) || owner.equals(Files.getOwner(Path.of("/")));
        if (!trusted || (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
            throw new IOException("directory can be changed by others: path=" + parent);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(
                        directory.resolve(LOCK),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PRIVATE_FILE);
        if (file.tryLock() == null) {
            file.close();
            throw new IOException("directory is used by another run: path=" + directory);
        }
        return file;
    }
}

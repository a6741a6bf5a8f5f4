package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Identifiers;
import io.davit.api.names.Namespace;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TaskId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The bundle directories of tasks, in containerd's layout, and nobody else's business.
 *
 * <p>{@code <id>} 0700 holds {@code config.json} 0600, {@code rootfs} and the link {@code work} to
 * a directory that is kept over reboots. A directory is removed under a hidden name, so that it is
 * there whole or not at all.
 */
final class BundleStore {
    private static final Logger LOG = LoggerFactory.getLogger(BundleStore.class);
    private static final FileAttribute<?> PRIVATE = mode("rwx------");
    private static final FileAttribute<?> PASSABLE = mode("rwx--x--x");
    private static final FileAttribute<?> SECRET = mode("rw-------");
    private static final String RECORD = "task.record";
    private static final int LONGEST_RECORD = 1 << 20;

    private final TaskDirectories directories;

    BundleStore(TaskDirectories directories) {
        this.directories = directories;
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    OciBundle of(TaskId id) {
        return new OciBundle(id, directories.bundle(id));
    }

    boolean isThere(OciBundle bundle) {
        return Files.exists(bundle.path(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes a bundle directory. All or nothing.
     *
     * @param config the specification
     * @param group who may enter it besides root, as group of a user namespace; negative for nobody
     * @throws DavitException {@code ALREADY_EXISTS} if there is one
     */
    OciBundle create(TaskId id, String config, long group) throws DavitException {
        OciBundle bundle = of(id);
        Path path = bundle.path();
        try {
            makeParent(path);
            Files.createDirectory(path, PRIVATE);
        } catch (FileAlreadyExistsException e) {
            if (!path.toString().equals(e.getFile())) {
                throw failed("make", path, e);
            }
            throw new DavitException(
                    Kind.ALREADY_EXISTS, "bundle directory exists: path=" + path, e);
        } catch (IOException e) {
            throw failed("make", path, e);
        }
        try (Rollback undo = new Rollback(id.toString())) {
            undo.onFailure("remove bundle directory", () -> delete(bundle));
            fill(bundle, config, group);
            undo.commit();
        } catch (IOException e) {
            throw failed("fill", path, e);
        }
        return bundle;
    }

    private void fill(OciBundle bundle, String config, long group) throws IOException {
        TaskCrashPoint.BUNDLE_MADE.hit();
        Path path = bundle.path();
        if (group >= 0) {
            Files.setAttribute(path, "unix:gid", (int) group, LinkOption.NOFOLLOW_LINKS);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x---"));
        }
        Files.createDirectory(bundle.rootfs(), PASSABLE);
        Path work = directories.work(bundle.id());
        makeWork(work);
        Files.createSymbolicLink(path.resolve("work"), work);
        write(bundle.config(), config.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Keeps a task's record in its bundle directory, for the case that the journal is lost.
     *
     * @throws DavitException if the disk refused
     */
    void remember(OciBundle bundle, byte[] record) throws DavitException {
        Path file = bundle.path().resolve(RECORD);
        try {
            write(file, record);
        } catch (IOException e) {
            throw failed("write record in", bundle.path(), e);
        }
    }

    /**
     * Returns the record kept in a bundle directory; empty if there is none, because nothing was
     * started for it.
     *
     * @throws DavitException if there is one that cannot be read
     */
    Optional<byte[]> recall(OciBundle bundle) throws DavitException {
        Path file = bundle.path().resolve(RECORD);
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(in.readNBytes(LONGEST_RECORD));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read record in", bundle.path(), e);
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (var out =
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        SECRET)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    private void makeWork(Path work) throws IOException {
        makeParent(work);
        try {
            Files.createDirectory(work, PASSABLE);
        } catch (FileAlreadyExistsException e) {
            LOG.warn("work directory of an earlier task removed: path={}", work);
            DirectoryRemoval.remove(work);
            Files.createDirectory(work, PASSABLE);
        }
    }

    /** Makes the directory of a namespace, and those above it. */
    private static void makeParent(Path path) throws IOException {
        Path parent = path.getParent();
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent, PASSABLE);
        }
    }

    /**
     * Removes a bundle directory and its work directory, as far as they are there.
     *
     * @throws DavitException {@code FAILED_PRECONDITION} if something is in the root file system or
     *     is mounted
     */
    void delete(OciBundle bundle) throws DavitException {
        Path path = bundle.path();
        try {
            DirectoryRemoval.removeDirectories(bundle.rootfs());
            removeHidden(path);
            DirectoryRemoval.remove(directories.work(bundle.id()));
        } catch (DirectoryNotEmptyException e) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, "root file system is not empty: path=" + path, e);
        } catch (IOException e) {
            throw failed("remove", path, e);
        }
    }

    private static void removeHidden(Path path) throws IOException {
        Path hidden = path.resolveSibling("." + path.getFileName());
        if (Files.exists(hidden, LinkOption.NOFOLLOW_LINKS)) {
            DirectoryRemoval.remove(hidden);
        }
        try {
            Files.move(path, hidden, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return;
        }
        DirectoryRemoval.remove(hidden);
    }

    /** Removes what an interrupted removal left, and lists the tasks that have a directory. */
    List<TaskId> scan() {
        List<TaskId> found = new ArrayList<>();
        scan(directories.bundles(), found);
        scan(directories.work(), found);
        return found.stream().distinct().sorted().toList();
    }

    private static void scan(Path root, List<TaskId> found) {
        for (Path namespace : entries(root)) {
            for (Path entry : entries(namespace)) {
                String name = entry.getFileName().toString();
                if (name.startsWith(".")) {
                    removeLeftover(entry);
                } else {
                    addTask(namespace, name, found);
                }
            }
        }
    }

    private static void addTask(Path namespace, String name, List<TaskId> found) {
        if (!Files.isDirectory(namespace.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("not a task's directory, left alone: path={}", namespace.resolve(name));
            return;
        }
        try {
            String space = Identifiers.require("namespace", namespace.getFileName().toString());
            found.add(new TaskId(new Namespace(space), name));
        } catch (DavitException e) {
            LOG.warn("not a task's directory, left alone: path={}", namespace.resolve(name), e);
        }
    }

    private static void removeLeftover(Path hidden) {
        try {
            DirectoryRemoval.remove(hidden);
            LOG.info("leftover removed: path={}", hidden);
        } catch (IOException e) {
            LOG.warn("leftover not removed: path={}", hidden, e);
        }
    }

    private static List<Path> entries(Path directory) {
        List<Path> entries = new ArrayList<>();
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return entries;
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(directory)) {
            open.forEach(entries::add);
        } catch (IOException e) {
            LOG.warn("cannot list directory: path={}", directory, e);
        }
        return entries;
    }

    private static DavitException failed(String what, Path path, IOException e) {
        boolean full =
                e instanceof FileSystemException f
                                && f.getReason() != null
                                && isFull(f.getReason().toLowerCase(Locale.ROOT))
                        || e.getMessage() != null
                                && isFull(e.getMessage().toLowerCase(Locale.ROOT));
        return new DavitException(
                full ? Kind.RESOURCE_EXHAUSTED : Kind.INTERNAL,
                "cannot " + what + " bundle directory: path=" + path + " cause=" + e,
                e);
    }

    /** The JDK tells errno only in words. */
    private static boolean isFull(String reason) {
        return reason.contains("no space left")
                || reason.contains("quota")
                || reason.contains("too many open files")
                || reason.contains("too many links");
    }
}

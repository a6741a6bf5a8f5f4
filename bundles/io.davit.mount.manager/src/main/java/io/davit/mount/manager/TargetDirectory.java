package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The directory below which activations have theirs, named by number.
 *
 * <p>In the directory of an activation with n performed mounts the mount at index i has the number
 * n − i: {@code <number>} is its mount point, {@code <number>-type} a file with its type. So the
 * smallest number is the last mount. Source: containerd {@code core/mount/manager}.
 *
 * <p>Nothing here deletes content: known files by name, directories only when empty.
 */
final class TargetDirectory {
    private static final String TYPE = "-type";
    private static final int MOST_TYPE_BYTES = 4096;

    /** How deep directories lie that transformers made on a mount that was none. */
    private static final int DEEPEST = 16;

    private final Path root;

    /** Whether it was missing before. */
    private final boolean isNew;

    /**
     * A directory of an activation that exists.
     *
     * @param name its name
     * @param number the number of the activation
     */
    record Numbered(String name, long number) {}

    /**
     * Something in the directory of an activation.
     *
     * @param name the name of the mount point
     * @param type the type written beside it; empty if there is none
     */
    record Entry(String name, String type) {}

    /**
     * Makes the directory, with mode 0700, if it is missing.
     *
     * @throws DavitException {@code INTERNAL} if it cannot be made
     */
    TargetDirectory(Path root) throws DavitException {
        isNew = !exists(root);
        try {
            Files.createDirectories(root, mode(root, "rwx------"));
            this.root = root.toRealPath();
        } catch (IOException e) {
            throw failed("make", root, e);
        }
    }

    boolean isNew() {
        return isNew;
    }

    Path root() {
        return root;
    }

    Path of(long id) {
        return root.resolve(Long.toUnsignedString(id));
    }

    String mountPoint(long id, String entry) {
        return of(id).resolve(entry).toString();
    }

    /** Names the mount point at an index among {@code count} performed mounts. */
    static String entry(int index, int count) {
        String number = Integer.toString(count - index);
        int width = count <= 10 ? 1 : count <= 100 ? 2 : 3;
        return "0".repeat(Math.max(0, width - number.length())) + number;
    }

    /**
     * Makes the directory of an activation.
     *
     * @throws DavitException {@code INTERNAL} if it cannot be made; {@code RESOURCE_EXHAUSTED} if
     *     there is no space. One that exists already is somebody else's
     */
    void create(long id) throws DavitException {
        makeDirectory(of(id));
    }

    void createMountPoint(long id, String entry) throws DavitException {
        makeDirectory(of(id).resolve(entry));
    }

    private static void makeDirectory(Path path) {
        try {
            Files.createDirectory(path, mode(path, "rwx------"));
        } catch (IOException e) {
            throw failed("make", path, e);
        }
    }

    void writeType(long id, String entry, String type) throws DavitException {
        Path path = of(id).resolve(entry + TYPE);
        try (var out =
                Files.newByteChannel(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        mode(path, "rw-------"))) {
            out.write(StandardCharsets.UTF_8.encode(type));
        } catch (IOException e) {
            throw failed("write", path, e);
        }
    }

    /** Says whether a mount was at least about to be made. */
    boolean isBegun(long id, String entry) {
        return exists(of(id).resolve(entry + TYPE)) || exists(of(id).resolve(entry));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Lists the directories of activations, whether there is an activation or not. */
    List<Numbered> numbered() throws DavitException {
        List<Numbered> found = new ArrayList<>();
        for (String name : names(root)) {
            try {
                if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    found.add(new Numbered(name, Long.parseUnsignedLong(name)));
                }
            } catch (NumberFormatException expected) {
                // too large for a number of ours: never touched
            }
        }
        return found;
    }

    /** Says whether a directory of an activation is there. */
    boolean exists(String directory) {
        return exists(root.resolve(directory));
    }

    /** Lists what is here and has no number. */
    List<String> foreign() throws DavitException {
        Set<String> ours = Set.copyOf(numbered().stream().map(Numbered::name).toList());
        return names(root).stream().filter(name -> !ours.contains(name)).sorted().toList();
    }

    /** Lists the mount points in a directory, the last mount first; empty if it is missing. */
    List<Entry> entries(String directory) throws DavitException {
        Path path = root.resolve(directory);
        List<String> names = names(path);
        List<Entry> found = new ArrayList<>();
        for (String name : names) {
            if (name.endsWith(TYPE)) {
                String entry = name.substring(0, name.length() - TYPE.length());
                found.add(new Entry(entry, readType(path.resolve(name))));
            } else if (!names.contains(name + TYPE)) {
                found.add(new Entry(name, ""));
            }
        }
        found.sort(
                Comparator.comparingInt((Entry e) -> e.name().length()).thenComparing(Entry::name));
        return found;
    }

    private static String readType(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return new String(in.readNBytes(MOST_TYPE_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw failed("read", file, e);
        }
    }

    private static List<String> names(Path directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(path -> names.add(path.getFileName().toString()));
        } catch (NoSuchFileException expected) {
            return List.of();
        } catch (IOException e) {
            throw failed("list", directory, e);
        }
        return names;
    }

    /**
     * Removes a directory whose mounts are gone, if nothing but what is on record is in it. A
     * missing one is fine.
     *
     * @param entries the names of the mount points on record
     * @return whether it is gone
     * @throws DavitException {@code FAILED_PRECONDITION} if a mount point is no directory; {@code
     *     INTERNAL} if the disk refuses
     */
    boolean removeKnown(String directory, Collection<String> entries) throws DavitException {
        Path path = root.resolve(directory);
        boolean gone = true;
        for (String entry : entries) {
            removeType(path.resolve(entry + TYPE));
            gone &= removeIfEmpty(path.resolve(entry));
        }
        return gone && removeIfEmpty(path);
    }

    /**
     * Removes a directory whose mounts are gone: type files, directories, and itself.
     *
     * @param proven whether it is known that nothing is mounted in it; only then directories that
     *     hold empty directories go as well
     * @throws DavitException {@code FAILED_PRECONDITION} if something else is in it, which stays;
     *     {@code INTERNAL} if the disk refuses
     */
    void remove(String directory, boolean proven) throws DavitException {
        Path path = root.resolve(directory);
        for (Entry entry : entries(directory)) {
            removeType(path.resolve(entry.name() + TYPE));
            removeDirectories(path.resolve(entry.name()), proven ? DEEPEST : 0);
        }
        removeDirectories(path, 0);
    }

    /** Removes a directory and, down to a depth, the directories in it. Files are left. */
    private static void removeDirectories(Path path, int depth) {
        if (removeIfEmpty(path)) {
            return;
        }
        if (depth > 0) {
            for (String name : names(path)) {
                removeDirectories(path.resolve(name), depth - 1);
            }
        }
        if (!removeIfEmpty(path)) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "not empty, left alone: path=" + Texts.quote(path.toString()));
        }
    }

    private static void removeType(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("remove", file, e);
        }
    }

    /** Removes an empty directory; returns whether it is gone. */
    private static boolean removeIfEmpty(Path path) {
        if (!exists(path)) {
            return true;
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "not a directory, left alone: path=" + Texts.quote(path.toString()));
        }
        try {
            Files.deleteIfExists(path);
            return true;
        } catch (DirectoryNotEmptyException expected) {
            return false;
        } catch (IOException e) {
            throw failed("remove", path, e);
        }
    }

    private static FileAttribute<?>[] mode(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    private static DavitException failed(String what, Path path, IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        boolean full = reason != null && reason.contains("No space left");
        return new DavitException(
                full ? Kind.RESOURCE_EXHAUSTED : Kind.INTERNAL,
                "cannot "
                        + what
                        + ": path="
                        + Texts.quote(path.toString())
                        + ": "
                        + e.getClass().getSimpleName()
                        + (reason == null ? "" : " " + reason),
                e);
    }
}

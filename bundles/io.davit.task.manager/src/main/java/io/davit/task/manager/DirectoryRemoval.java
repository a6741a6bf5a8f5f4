package io.davit.task.manager;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Removes a directory with what is in it. Never follows a link, never goes into a mount.
 *
 * <p>Works relative to open directories where the platform can do that, so that a directory that is
 * exchanged for a link meanwhile leads nowhere. What is mounted is asked once, when the first
 * directory below the given one is met: task directories hold files only, as a rule.
 */
final class DirectoryRemoval {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private final Path root;

    /** Whether files are removed too, or stop it. */
    private final boolean files;

    /** Absolute paths of mounts; asked once. */
    private List<String> mounts;

    private DirectoryRemoval(Path root, boolean files) {
        this.root = root;
        this.files = files;
    }

    /** Removes a directory; one that is not there is no error. */
    static void remove(Path directory) throws IOException {
        new DirectoryRemoval(directory, true).run();
    }

    /**
     * Removes a directory that holds nothing but directories, such as the mount points that a
     * runtime makes in an empty root file system; one that is not there is no error.
     *
     * @throws DirectoryNotEmptyException if there is a file below
     */
    static void removeDirectories(Path directory) throws IOException {
        DirectoryRemoval removal = new DirectoryRemoval(directory, false);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            removal.requireNoMount(directory);
        }
        removal.run();
    }

    private void run() throws IOException {
        try {
            if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(root);
                return;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
                if (entries instanceof SecureDirectoryStream<Path> secure) {
                    empty(secure, root);
                } else {
                    empty(entries);
                }
            }
            Files.deleteIfExists(root);
        } catch (NoSuchFileException e) {
            if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    private void empty(SecureDirectoryStream<Path> open, Path path) throws IOException {
        for (Path entry : open) {
            Path name = entry.getFileName();
            BasicFileAttributes attributes =
                    open.getFileAttributeView(
                                    name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .readAttributes();
            if (!attributes.isDirectory()) {
                requireFiles(path);
                open.deleteFile(name);
                continue;
            }
            requireNoMount(path.resolve(name));
            try (SecureDirectoryStream<Path> below =
                    open.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                empty(below, path.resolve(name));
            }
            open.deleteDirectory(name);
        }
    }

    private void empty(DirectoryStream<Path> open) throws IOException {
        for (Path entry : open) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                requireNoMount(entry);
                try (DirectoryStream<Path> below = Files.newDirectoryStream(entry)) {
                    empty(below);
                }
            } else {
                requireFiles(entry.getParent());
            }
            Files.delete(entry);
        }
    }

    private void requireFiles(Path directory) throws DirectoryNotEmptyException {
        if (!files) {
            throw new DirectoryNotEmptyException(directory.toString());
        }
    }

    private void requireNoMount(Path directory) throws IOException {
        if (mounts == null) {
            mounts = Files.isReadable(MOUNTS) ? mountsBelow() : List.of();
        }
        String path = directory.toString();
        for (String mount : mounts) {
            if (mount.equals(path) || mount.startsWith(path + "/")) {
                throw new FileSystemException(path, null, "something is mounted here: " + mount);
            }
        }
    }

    /** Mount points at or below the directory; the kernel writes them with links resolved. */
    private List<String> mountsBelow() throws IOException {
        Path real = root.toRealPath();
        String prefix = real + "/";
        return Files.readAllLines(MOUNTS).stream()
                .map(line -> unescape(line.split(" ", 6)[4]))
                .filter(mount -> (mount + "/").startsWith(prefix))
                .map(mount -> root + mount.substring(real.toString().length()))
                .toList();
    }

    /** Undoes the kernel's octal escapes of white space and backslash. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}

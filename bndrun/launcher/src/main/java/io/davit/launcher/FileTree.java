package io.davit.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Removes a directory with everything below, except what is mounted there. */
final class FileTree extends SimpleFileVisitor<Path> {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private FileTree() {}

    /**
     * Removes a directory; links are removed, not followed.
     *
     * @throws IOException if something is mounted below, in which case nothing is touched, or if
     *     something cannot be removed
     */
    static void delete(Path directory) throws IOException {
        if (Files.exists(MOUNTS) && isMountedBelow(directory.toRealPath().toString())) {
            throw new IOException("something is mounted below: path=" + directory);
        }
        Files.walkFileTree(directory, new FileTree());
    }

    private static boolean isMountedBelow(String directory) throws IOException {
        for (String line : Files.readAllLines(MOUNTS)) {
            String point = line.split(" ")[MOUNT_POINT].replace("\\040", " ");
            if (point.equals(directory) || point.startsWith(directory + "/")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
            throws IOException {
        if (failure != null) {
            throw failure;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
    }
}

package io.davit.shim.containerd;

import io.davit.linux.LinuxException;
import io.davit.linux.SmallFiles;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Finds the process of a shim that listens at a socket, which proves whose socket it is. */
final class SocketHolder {
    private static final int LIMIT = 16 << 20;
    private static final int FLAGS = 3;
    private static final int INODE = 6;
    private static final int NAME = 7;
    private static final String LISTENS = "00010000";

    private SocketHolder() {}

    /**
     * Looks among the processes that have a token.
     *
     * @return nothing if none of them listens there
     */
    static Optional<HostProcess> find(Path socket, String token) throws LinuxException {
        for (HostProcess process : TokenSearch.find(token)) {
            Path files = Path.of("/proc", Integer.toString(process.pid()));
            if (holdsOne(files, listeners(files, socket))) {
                return Optional.of(process);
            }
        }
        return Optional.empty();
    }

    /** The inodes of the sockets that listen there, as the network of a process has them. */
    private static Set<String> listeners(Path process, Path socket) {
        Set<String> inodes = new HashSet<>();
        try {
            Path directory = process.resolve("cwd").toRealPath();
            String table = SmallFiles.readText(process.resolve("net/unix"), LIMIT);
            for (String line : table.split("\n")) {
                String[] fields = line.trim().split(" +", NAME + 1);
                boolean listens = fields.length > NAME && fields[FLAGS].equals(LISTENS);
                if (listens && isAt(directory, fields[NAME], socket)) {
                    inodes.add("socket:[" + fields[INODE] + "]");
                }
            }
        } catch (IOException ignored) {
            // it has ended
        }
        return inodes;
    }

    /** A socket is listed by the name that it was bound to, which may be a relative one. */
    private static boolean isAt(Path directory, String name, Path socket) {
        try {
            return directory.resolve(name).normalize().equals(socket);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean holdsOne(Path process, Set<String> inodes) {
        if (inodes.isEmpty()) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : all) {
                if (inodes.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException ignored) {
            // it has ended
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}

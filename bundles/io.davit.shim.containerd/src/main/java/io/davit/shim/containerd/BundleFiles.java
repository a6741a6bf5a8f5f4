package io.davit.shim.containerd;

import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;
import io.davit.linux.SmallFiles;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The plugin's files in the directory of a task, beside those of others: readable by their owner
 * alone, whole or absent. Names as in containerd where it has a name for them.
 */
final class BundleFiles {
    /** The pipe a shim writes its log to. */
    static final String LOG = "log";

    /** Where the shim answers. */
    static final String BOOTSTRAP = "bootstrap.json";

    /** Which binary it is of. */
    static final String BINARY = "shim-binary-path";

    /** What older shims leave beside their answer. */
    static final String ADDRESS = "address";

    /** What the stock shim keeps of its options. */
    static final String OPTIONS = "options.json";

    /** Whose shim was joined. */
    static final String SANDBOX = "sandbox";

    private static final int FILE_MODE = 0600;
    private static final int LIMIT = 1 << 16;

    private final Path path;

    BundleFiles(Path path) {
        this.path = path;
    }

    Path path(String name) {
        return path.resolve(name);
    }

    /** Puts a file in place of the one that may be there. */
    void write(String name, String text) throws LinuxException {
        String next = "." + name + ".new";
        try (Dir dir = Dir.open(path)) {
            unlink(dir, next);
            try (Descriptor file = dir.create(next, FILE_MODE)) {
                file.write(text.getBytes(StandardCharsets.UTF_8));
            }
            dir.rename(next, dir, name);
        }
    }

    /** Reads a file; nothing if there is none. */
    Optional<String> read(String name) throws LinuxException {
        if (!Files.isRegularFile(path(name), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(SmallFiles.readText(path(name), LIMIT));
    }

    /** Makes a named pipe anew. */
    void makeFifo(String name) throws LinuxException {
        try (Dir dir = Dir.open(path)) {
            unlink(dir, name);
            dir.makeFifo(name, FILE_MODE);
        }
    }

    /** Removes a file, if there is one. */
    void remove(String name) throws LinuxException {
        if (Files.isDirectory(path)) {
            try (Dir dir = Dir.open(path)) {
                unlink(dir, name);
            }
        }
    }

    private static void unlink(Dir dir, String name) throws LinuxException {
        if (dir.find(name).isPresent()) {
            dir.unlink(name);
        }
    }
}

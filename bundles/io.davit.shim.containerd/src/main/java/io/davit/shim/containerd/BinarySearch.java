package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds shims in the configured directories; nothing is kept between two searches. */
final class BinarySearch {
    private final Settings settings;

    BinarySearch(Settings settings) {
        this.settings = settings;
    }

    /**
     * Finds the binary of a runtime.
     *
     * @param runtime a name, or the path of a binary
     * @throws DavitException {@code INVALID_ARGUMENT} if the name is malformed; {@code
     *     PERMISSION_DENIED} if a path is not allowed, or a binary is unsafe; {@code NOT_FOUND} if
     *     there is none
     */
    ShimBinary require(String runtime) throws DavitException {
        if (runtime.startsWith("/")) {
            return allowed(Path.of(runtime));
        }
        String name = BinaryName.of(runtime);
        for (Path directory : settings.directories()) {
            Path candidate = directory.resolve(name);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return ShimBinary.require(candidate);
            }
        }
        throw new DavitException(
                Kind.NOT_FOUND,
                "binary " + name + " not in PATH: searched=" + Texts.quote(searched()));
    }

    private String searched() {
        List<String> all = settings.directories().stream().map(Path::toString).toList();
        return String.join(":", all);
    }

    private ShimBinary allowed(Path path) throws DavitException {
        if (!settings.binaries().contains(path)) {
            throw new DavitException(
                    Kind.PERMISSION_DENIED,
                    "shim binary is not on the list: path=" + Texts.quote(path.toString()));
        }
        return ShimBinary.require(path);
    }

    /**
     * Lists what there is.
     *
     * @return the end of the runtimes' names to the path of the binary that serves them
     */
    Map<String, Path> all() {
        Map<String, Path> found = new TreeMap<>();
        for (Path directory : settings.directories()) {
            if (Files.isDirectory(directory)) {
                list(directory, found);
            }
        }
        return found;
    }

    private static void list(Path directory, Map<String, Path> found) {
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, "containerd-shim-*-*")) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry) && Files.isExecutable(entry)) {
                    BinaryName.ending(entry.getFileName().toString())
                            .ifPresent(ending -> found.putIfAbsent(ending, entry));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException ignored) {
            // a directory that is gone or closed to us has no shims for us
        }
    }
}

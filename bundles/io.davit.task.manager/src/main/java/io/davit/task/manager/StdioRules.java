package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.Stdio;
import io.davit.api.task.Stdio.Uri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;

/**
 * Where standard streams may lie: FIFOs and regular files below allowed roots, not behind links.
 */
final class StdioRules {
    private final List<Path> roots;

    StdioRules(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    void require(Stdio stdio) throws DavitException {
        if (stdio.stdin() instanceof Uri uri) {
            require(uri, false);
        }
        if (stdio.stdout() instanceof Uri uri) {
            require(uri, true);
        }
        if (stdio.stderr() instanceof Uri uri && !stdio.terminal()) {
            require(uri, true);
        }
    }

    private void require(Uri uri, boolean output) throws DavitException {
        Path path = Path.of(uri.path());
        if (roots.stream().noneMatch(path::startsWith) || roots.contains(path)) {
            throw refused("lies outside the allowed roots", uri);
        }
        try {
            if (!path.getParent().toRealPath().equals(realRoot(path))) {
                throw refused("lies behind a link", uri);
            }
            requireType(path, uri);
        } catch (NoSuchFileException e) {
            boolean made = output && uri.value().toLowerCase(Locale.ROOT).startsWith("file://");
            if (!made || !Files.isDirectory(path.getParent())) {
                throw new DavitException(
                        Kind.NOT_FOUND, "stdio is not there: uri=" + Texts.quote(uri.value()), e);
            }
        } catch (IOException e) {
            throw new DavitException(
                    Kind.INTERNAL, "cannot look at stdio: uri=" + Texts.quote(uri.value()), e);
        }
    }

    /** The parent of a path, if no component between it and its root is a link. */
    private Path realRoot(Path path) throws IOException {
        for (Path root : roots) {
            if (path.startsWith(root)) {
                return root.toRealPath().resolve(root.relativize(path.getParent()));
            }
        }
        return path.getParent();
    }

    private static void requireType(Path path, Uri uri) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean special = attributes.isOther() && !isFifo(path);
        if (attributes.isSymbolicLink() || attributes.isDirectory() || special) {
            throw refused("is neither a FIFO nor a regular file", uri);
        }
    }

    /** The type bits of the mode, where the platform tells them. */
    private static boolean isFifo(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & 0170000) == 0010000;
    }

    private static DavitException refused(String why, Uri uri) {
        return new DavitException(
                Kind.PERMISSION_DENIED, "stdio " + why + ": uri=" + Texts.quote(uri.value()));
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Refuses bind mounts of what nobody may bind: the root, the kernel's trees, our own state. */
final class BindSources {
    private static final Path ROOT = Path.of("/");
    private static final List<Path> KERNEL = List.of(Path.of("/proc"), Path.of("/sys"));

    private BindSources() {}

    /**
     * Checks a mount that the manager is about to perform.
     *
     * @param mount the mount
     * @param own our own directories
     * @param exempt the activation's own directory below them
     * @throws DavitException {@code PERMISSION_DENIED} if it binds what nobody may bind, also
     *     through links; {@code INVALID_ARGUMENT} if its source is no path
     */
    static void require(Mount mount, List<Path> own, Path exempt) throws DavitException {
        boolean bind =
                mount.type().equals("bind")
                        || mount.options().contains("bind")
                        || mount.options().contains("rbind");
        if (!bind) {
            return;
        }
        Path source = path(mount.source());
        boolean refused =
                source.equals(ROOT)
                        || KERNEL.stream().anyMatch(source::startsWith)
                        || own.stream().anyMatch(source::startsWith) && !source.startsWith(exempt);
        if (refused) {
            throw new DavitException(
                    Kind.PERMISSION_DENIED,
                    "may not be bound: source=" + Texts.quote(mount.source()));
        }
    }

    private static Path path(String source) {
        Path path;
        try {
            path = Path.of(source).normalize();
        } catch (InvalidPathException e) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "not a path: source=" + Texts.quote(source), e);
        }
        try {
            return path.toRealPath();
        } catch (IOException expected) {
            // missing, or not ours to see: whoever mounts it will tell
            return path;
        }
    }
}

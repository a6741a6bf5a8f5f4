package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.linux.Dir;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.oci.RuntimeSpec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A layer of a task's own above a directory that stays as it is; it goes with the bundle.
 *
 * <p>Confined to one thread, which holds the task's lock.
 */
final class WritableLayer {
    /** The annotation that asks for it, with the value {@code true}. */
    static final String ANNOTATION = "io.davit.rootfs.overlay";

    private static final String LAYER = "layer";
    private static final int PRIVATE = 0700;
    private static final int PERMISSIONS = 07777;

    private final TaskLayout layout;

    WritableLayer(TaskLayout layout) {
        this.layout = layout;
    }

    static boolean isWanted(RuntimeSpec spec) {
        return "true".equals(spec.annotations().get(ANNOTATION));
    }

    /**
     * Makes the layer and returns the mount that puts it above a root filesystem.
     *
     * @param spec names the directory below, unless mounts do
     * @param mounts what makes up the root filesystem: nothing, or one directory as it is
     * @throws DavitException {@code INVALID_ARGUMENT} if mounts do more than that
     */
    List<Mount> above(RuntimeSpec spec, List<Mount> mounts) throws LinuxException, DavitException {
        Optional<Path> shown = Rootfs.directory(mounts);
        if (shown.isEmpty() && !mounts.isEmpty()) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    ANNOTATION + " needs one directory as root filesystem: task=" + layout.id());
        }
        Path named = Path.of(spec.root().map(root -> root.path()).orElse("rootfs"));
        Path lower = shown.orElseGet(() -> layout.bundle().path().resolve(named));
        Path layer = PrivateFiles.make(place().resolve(LAYER)).path();
        try (Dir dir = Dir.open(layer)) {
            FileStatus like = FileStatus.at(lower.toString());
            dir.makeDir("upper", PRIVATE, new Owner(like.uid(), like.gid()));
            // The uppermost directory is what the task sees as its root.
            dir.chmod("upper", like.mode() & PERMISSIONS);
            dir.makeDir("work", PRIVATE, Owner.UNCHANGED);
        }
        return List.of(
                Mount.of(
                        "overlay",
                        "overlay",
                        "lowerdir=" + escaped(lower),
                        "upperdir=" + escaped(layer.resolve("upper")),
                        "workdir=" + escaped(layer.resolve("work"))));
    }

    /** Where the task manager keeps what is large. */
    private Path place() {
        Path work = layout.bundle().path().resolve("work");
        try {
            return Files.isDirectory(work) ? work.toRealPath() : layout.root();
        } catch (java.io.IOException e) {
            return layout.root();
        }
    }

    /** Commas part options, colons layers. */
    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }
}

package io.davit.api.task;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The directory of one task on disk, in containerd's layout. Not an OSGi bundle.
 *
 * <p>Made and removed by the task manager alone, mode 0700. Plugins keep their own files in it.
 *
 * @param id whose it is; not {@code null}
 * @param path its absolute path; not {@code null}
 * @since 1.0
 */
public record OciBundle(TaskId id, Path path) {
    /** Checks presence. */
    public OciBundle {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(path, "path");
    }

    /**
     * Returns where the root filesystem is mounted when it is given as mounts.
     *
     * @return an existing directory; never {@code null}
     */
    public Path rootfs() {
        return path.resolve("rootfs");
    }

    /**
     * Returns where the OCI specification is stored.
     *
     * @return the path of {@code config.json}; never {@code null}
     */
    public Path config() {
        return path.resolve("config.json");
    }
}

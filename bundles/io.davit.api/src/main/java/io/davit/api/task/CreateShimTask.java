package io.davit.api.task;

import io.davit.api.mount.Mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a shim is told when it creates its task. The specification lies in the bundle.
 *
 * @param rootfs the mounts that the shim makes at {@link OciBundle#rootfs}, in order; empty when
 *     the specification's {@code root.path} is the root filesystem as it is; copied
 * @param stdio the standard streams of the init process; not {@code null}
 * @param checkpoint the directory of an image to restore from; not {@code null}
 * @param options the runtime's options; not {@code null}
 * @since 1.0
 */
public record CreateShimTask(
        List<Mount> rootfs, Stdio stdio, Optional<Path> checkpoint, Optional<TypedValue> options) {
    /** Copies the mounts. */
    public CreateShimTask {
        rootfs = List.copyOf(rootfs);
        Objects.requireNonNull(stdio, "stdio");
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(options, "options");
    }
}

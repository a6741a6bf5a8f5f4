package io.davit.api.task;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How to checkpoint a task.
 *
 * @param image the directory the image goes to; absolute; not {@code null}
 * @param exit whether the task ends after it
 * @param options the runtime's options, for example {@code containerd.runc.v1.CheckpointOptions};
 *     not {@code null}
 * @since 1.0
 */
public record CheckpointTask(Path image, boolean exit, Optional<TypedValue> options) {
    /** Checks presence. */
    public CheckpointTask {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(options, "options");
    }
}

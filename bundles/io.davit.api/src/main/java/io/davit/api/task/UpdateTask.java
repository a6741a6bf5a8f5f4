package io.davit.api.task;

import java.util.Map;
import java.util.Objects;

/**
 * New limits for a task.
 *
 * @param resources the limits; what it does not name stays; not {@code null}
 * @param annotations what the runtime understands; copied
 * @since 1.0
 */
public record UpdateTask(OciResources resources, Map<String, String> annotations) {
    /** Copies the annotations. */
    public UpdateTask {
        Objects.requireNonNull(resources, "resources");
        annotations = Map.copyOf(annotations);
    }
}

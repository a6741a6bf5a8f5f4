package io.davit.oci;

import java.util.Objects;

/**
 * The root filesystem of a task.
 *
 * @param path absolute, or relative to the bundle; not {@code null}
 * @param readonly whether nothing in it can be changed
 * @since 1.0
 */
public record SpecRoot(String path, boolean readonly) {
    /** Checks for {@code null}. */
    public SpecRoot {
        Objects.requireNonNull(path, "path");
    }

    static SpecRoot read(JsonObject root) {
        String path = root.requireText("path");
        SpecRules.requirePath(root, "path", path);
        return new SpecRoot(path, root.flag("readonly"));
    }
}

package io.davit.oci;

import io.davit.api.names.Texts;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A Linux namespace that a task gets or joins.
 *
 * @param type which kind, for example {@code network}; not {@code null}
 * @param path the one to join; empty for a new one
 * @since 1.0
 */
public record SpecNamespace(String type, Optional<String> path) {
    private static final Set<String> TYPES =
            Set.of("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time");

    /** Checks for {@code null}. */
    public SpecNamespace {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(path, "path");
    }

    static SpecNamespace read(JsonObject namespace) {
        String type = namespace.requireText("type");
        if (!TYPES.contains(type)) {
            throw namespace.invalid("type", Texts.quote(type) + " is no namespace");
        }
        Optional<String> path = namespace.text("path").filter(text -> !text.isEmpty());
        path.ifPresent(text -> SpecRules.requireNormal(namespace, "path", text));
        return new SpecNamespace(type, path);
    }
}

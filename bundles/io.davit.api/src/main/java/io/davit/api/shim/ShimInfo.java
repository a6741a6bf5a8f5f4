package io.davit.api.shim;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What serves a runtime here and now.
 *
 * @param runtime the name of the runtime; not {@code null}
 * @param plugin the symbolic name of the plugin's bundle; not {@code null}
 * @param version the version of the plugin's bundle; not {@code null}
 * @param mounts the mount types that it performs itself: exact types, and {@code transformer/*};
 *     copied
 * @param features what it can do besides, for example {@code mount.idmap} or {@code pause}; copied
 * @param inJvm whether its tasks live in this JVM and end with the plugin
 * @param attributes what a person may want to know, for example the version of a binary; copied
 * @since 1.0
 */
public record ShimInfo(
        String runtime,
        String plugin,
        String version,
        Set<String> mounts,
        Set<String> features,
        boolean inJvm,
        Map<String, String> attributes) {
    /** The feature of a runtime that can make idmapped mounts. */
    public static final String IDMAPPED_MOUNTS = "mount.idmap";

    /** The feature of a runtime that keeps what its tasks write, see {@code TaskLog}. */
    public static final String KEEPS_OUTPUT = "output.kept";

    /** Copies the collections. */
    public ShimInfo {
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(version, "version");
        mounts = Set.copyOf(mounts);
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }
}

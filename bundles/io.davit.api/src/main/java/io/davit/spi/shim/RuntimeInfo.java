package io.davit.spi.shim;

import java.util.Map;
import java.util.Set;

/**
 * What a plugin says about a runtime it serves.
 *
 * @param mounts the mount types it performs itself: exact types, and {@code transformer/*}; copied
 * @param features what it can do besides; copied
 * @param attributes what a person may want to know; copied
 * @since 1.0
 */
public record RuntimeInfo(
        Set<String> mounts, Set<String> features, Map<String, String> attributes) {
    /** Copies the collections. */
    public RuntimeInfo {
        mounts = Set.copyOf(mounts);
        features = Set.copyOf(features);
        attributes = Map.copyOf(attributes);
    }
}

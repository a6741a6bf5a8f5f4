package io.davit.mount.manager;

import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.names.Namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which objects the labels of an activation name as the ones that keep it alive.
 *
 * <p>Source: containerd {@code core/mount/manager} and {@code core/metadata/gc.go}; the prefix
 * {@code io.davit.gc.bref.} is our own.
 */
final class GarbageReferences {
    private static final String PEER = "containerd.io/gc.bref.";
    private static final String SNAPSHOT = "snapshot.";
    private static final String OURS = "io.davit.gc.bref.";
    private static final List<String> KINDS = List.of("container", "content", "image");

    private GarbageReferences() {}

    static List<Reference> of(Namespace namespace, Map<String, String> labels) {
        List<Reference> references = new ArrayList<>();
        labels.forEach((key, value) -> reference(namespace, key, value).ifPresent(references::add));
        return references;
    }

    private static Optional<Reference> reference(Namespace namespace, String key, String value) {
        if (key.startsWith(OURS)) {
            return Optional.of(new Reference(namespace, key.substring(OURS.length()), value));
        }
        if (!key.startsWith(PEER)) {
            return Optional.empty();
        }
        String rest = key.substring(PEER.length());
        if (rest.startsWith(SNAPSHOT)) {
            String snapshotter = rest.substring(SNAPSHOT.length());
            int slash = snapshotter.indexOf('/');
            String name = slash < 0 ? snapshotter : snapshotter.substring(0, slash);
            return Optional.of(new Reference(namespace, "snapshot", name + "/" + value));
        }
        return KINDS.stream()
                .filter(kind -> isKind(rest, kind))
                .findFirst()
                .map(kind -> new Reference(namespace, kind, value));
    }

    /** The kind alone, or followed by a dot or slash and anything. */
    private static boolean isKind(String rest, String kind) {
        return rest.startsWith(kind)
                && (rest.length() == kind.length()
                        || "./".indexOf(rest.charAt(kind.length())) >= 0);
    }
}

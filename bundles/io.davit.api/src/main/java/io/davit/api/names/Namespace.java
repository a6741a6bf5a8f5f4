package io.davit.api.names;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

/**
 * A containerd namespace: part of the key of every task and every mount activation.
 *
 * <p>Separates names, not rights. Two objects with one id in two namespaces are two objects.
 *
 * @param name an identifier, see {@link Identifiers}
 * @since 1.0
 */
public record Namespace(String name) implements Comparable<Namespace> {
    /** What clients of containerd use when nothing else is said. */
    public static final Namespace DEFAULT = new Namespace("default");

    /**
     * Checks the name.
     *
     * @throws DavitException {@code FAILED_PRECONDITION} if it is missing or empty; {@code
     *     INVALID_ARGUMENT} if it is no identifier
     */
    public Namespace {
        if (name == null || name.isEmpty()) {
            throw new DavitException(Kind.FAILED_PRECONDITION, "namespace is required");
        }
        Identifiers.require("namespace", name);
    }

    @Override
    public int compareTo(Namespace other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}

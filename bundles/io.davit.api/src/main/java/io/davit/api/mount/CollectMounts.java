package io.davit.api.mount;

import io.davit.api.names.Namespace;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Who is alive, for a collection of mounts.
 *
 * @param upTo only activations up to this mark are collected, see {@link MountMaintenance#mark}
 * @param alive the objects that are alive; copied
 * @param leases the leases that exist, with the time when each expires; {@link Instant#MAX} for
 *     never; copied
 * @param dryRun whether to decide and to do nothing
 * @since 1.0
 */
public record CollectMounts(
        long upTo, Set<Reference> alive, Map<Lease, Instant> leases, boolean dryRun) {
    /** Copies the collections. */
    public CollectMounts {
        alive = Set.copyOf(alive);
        leases = Map.copyOf(leases);
    }

    /**
     * An object that can keep an activation alive.
     *
     * @param namespace its namespace; not {@code null}
     * @param kind {@code container}, {@code content}, {@code image}, {@code snapshot}, any kind of
     *     the labels {@code io.davit.gc.bref.<kind>}, or {@code mount} for an activation itself;
     *     not {@code null}
     * @param id its id; for a snapshot {@code <snapshotter>/<key>}; not {@code null}
     */
    public record Reference(Namespace namespace, String kind, String id) {
        /** Checks that nothing is missing. */
        public Reference {
            Objects.requireNonNull(namespace, "namespace");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * A lease.
     *
     * @param namespace its namespace; not {@code null}
     * @param id its id; not {@code null}
     */
    public record Lease(Namespace namespace, String id) {
        /** Checks that nothing is missing. */
        public Lease {
            Objects.requireNonNull(namespace, "namespace");
            Objects.requireNonNull(id, "id");
        }
    }
}

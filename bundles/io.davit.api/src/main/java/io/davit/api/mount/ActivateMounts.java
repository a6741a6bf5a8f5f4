package io.davit.api.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Labels;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What to activate: a name, a list of mounts, and who does what.
 *
 * @param name the key of the activation; not {@code null}
 * @param mounts the mounts, in the order in which they are performed on one target; copied
 * @param leaveToRuntime what the runtime performs itself: exact types, and {@code transformer/*}
 *     for a transformer; copied
 * @param temporary whether to perform every mount and hand back one bind of the result
 * @param labels labels, see {@link Labels}; {@code containerd.io/gc.bref.*} name what keeps the
 *     activation alive; copied
 * @param lease the lease that keeps the activation alive; not {@code null}
 * @since 1.0
 */
public record ActivateMounts(
        ActivationName name,
        List<Mount> mounts,
        Set<String> leaveToRuntime,
        boolean temporary,
        Map<String, String> labels,
        Optional<String> lease) {
    /**
     * Checks the labels and copies the collections.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} or {@code PERMISSION_DENIED} for a label, see
     *     {@link Labels#require}
     */
    public ActivateMounts {
        Objects.requireNonNull(name, "name");
        mounts = List.copyOf(mounts);
        leaveToRuntime = Set.copyOf(leaveToRuntime);
        labels = Labels.require(labels);
        Objects.requireNonNull(lease, "lease");
    }

    /**
     * Makes a request that leaves nothing to the runtime and has neither labels nor a lease.
     *
     * @param name the key of the activation
     * @param mounts the mounts
     * @return the request; never {@code null}
     */
    public static ActivateMounts of(ActivationName name, List<Mount> mounts) {
        return new ActivateMounts(name, mounts, Set.of(), false, Map.of(), Optional.empty());
    }

    /**
     * Makes the same request with other claims of the runtime.
     *
     * @param types what the runtime performs itself
     * @return the request; never {@code null}
     */
    public ActivateMounts leaving(Set<String> types) {
        return new ActivateMounts(name, mounts, types, temporary, labels, lease);
    }

    /**
     * Makes the same request with other labels.
     *
     * @param labels the labels
     * @return the request; never {@code null}
     */
    public ActivateMounts labelled(Map<String, String> labels) {
        return new ActivateMounts(name, mounts, leaveToRuntime, temporary, labels, lease);
    }
}

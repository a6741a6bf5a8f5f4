package io.davit.api.mount;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of a list of mounts.
 *
 * <p>When nothing had to be done there is no record, {@link #id} is 0, {@link #active} is empty and
 * {@link #system} is the input. An activation that was interrupted is not {@link #complete}: it is
 * shown by {@link MountManager#list} so that it can be seen, and undone by the next call on its
 * name.
 *
 * @param name the key; not {@code null}
 * @param id the number under which it is recorded, from 1; 0 when there was nothing to do
 * @param active the mounts that were performed, in list order; copied
 * @param system the mounts left to the caller, in list order; may be empty; copied
 * @param labels the labels; copied
 * @param lease the lease that keeps it alive; not {@code null}
 * @param complete whether the activation was finished
 * @param updatedAt when it was last changed (wall clock, for display); not {@code null}
 * @since 1.0
 */
public record MountActivation(
        ActivationName name,
        long id,
        List<ActiveMount> active,
        List<Mount> system,
        Map<String, String> labels,
        Optional<String> lease,
        boolean complete,
        Instant updatedAt) {
    /** Copies the collections. */
    public MountActivation {
        Objects.requireNonNull(name, "name");
        active = List.copyOf(active);
        system = List.copyOf(system);
        labels = Map.copyOf(labels);
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(updatedAt, "updatedAt");
    }

    /**
     * Says whether something was performed or transformed, and so has to be deactivated.
     *
     * @return {@code false} when the list needed nothing
     */
    public boolean isRecorded() {
        return id != 0;
    }
}

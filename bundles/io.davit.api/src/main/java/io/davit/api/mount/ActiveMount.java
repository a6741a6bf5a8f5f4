package io.davit.api.mount;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A mount that was performed.
 *
 * @param mount the mount as its handler reported it, or as it was performed; not {@code null}
 * @param mountPoint the absolute path where it is; not {@code null}
 * @param mountedAt when it was performed (wall clock, for display); now when {@code null} is given
 * @param data what its handler wants to remember; empty when {@code null} is given
 * @since 1.0
 */
public record ActiveMount(
        Mount mount, String mountPoint, Instant mountedAt, Map<String, String> data) {
    /** Copies the data and fills in the time. */
    public ActiveMount {
        Objects.requireNonNull(mount, "mount");
        Objects.requireNonNull(mountPoint, "mountPoint");
        mountedAt = mountedAt == null ? Instant.now() : mountedAt;
        data = data == null ? Map.of() : Map.copyOf(data);
    }
}

package io.davit.ttrpc;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a call is made.
 *
 * @param within the longest time it may last; sent to the peer, and kept by this side whatever the
 *     peer does; empty for no limit
 * @param metadata what goes with the request
 * @since 1.0
 */
public record CallOptions(Optional<Duration> within, Metadata metadata) {
    /** No limit, no metadata. */
    public static final CallOptions NONE = new CallOptions(Optional.empty(), Metadata.NONE);

    /** Checks presence. */
    public CallOptions {
        Objects.requireNonNull(within, "within");
        Objects.requireNonNull(metadata, "metadata");
    }

    /**
     * Limits a call in time.
     *
     * @param limit the longest time it may last; one that is not positive is over at once
     * @return the options; never {@code null}
     */
    public static CallOptions within(Duration limit) {
        return new CallOptions(Optional.of(limit), Metadata.NONE);
    }

    /**
     * Makes the same options with other metadata.
     *
     * @param other the metadata
     * @return the options; never {@code null}
     */
    public CallOptions with(Metadata other) {
        return new CallOptions(within, other);
    }
}

package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.time.Duration;

/**
 * A point on the monotonic clock by which a call of several steps has to end. Immutable.
 *
 * @since 1.0
 */
public final class Deadline {
    /** The longest time any call may be given. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    /**
     * Makes the deadline of a call that begins now.
     *
     * @param within the longest time it may last; positive, at most {@link #LONGEST}
     * @return the deadline; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the time is not positive or too long
     */
    public static Deadline in(Duration within) {
        if (within == null || within.isZero() || within.isNegative()) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "time limit must be positive: within=" + within);
        }
        if (within.compareTo(LONGEST) > 0) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "time limit is longer than 24 hours: within=" + within);
        }
        return new Deadline(System.nanoTime() + within.toNanos());
    }

    /**
     * Returns the time that is left.
     *
     * @return at least one nanosecond
     * @throws DavitException {@code DEADLINE_EXCEEDED} if none is left
     */
    public Duration remaining() throws DavitException {
        long left = atNanos - System.nanoTime();
        if (left <= 0) {
            throw new DavitException(Kind.DEADLINE_EXCEEDED, "time limit reached");
        }
        return Duration.ofNanos(left);
    }

    /**
     * Says whether the time is up.
     *
     * @return {@code true} once no time is left
     */
    public boolean isOver() {
        return atNanos - System.nanoTime() <= 0;
    }
}

package io.davit.journal;

import java.io.IOException;
import java.util.Objects;

/**
 * A journal that cannot do what was asked, with the reason an owner can act on.
 *
 * @since 1.0
 */
public final class JournalException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why, in the words that owners branch on. */
    public enum Reason {
        /** Another owner has the directory open. */
        IN_USE,
        /** The record is empty or longer than the limit. */
        TOO_LARGE,
        /** No space on the disk, or the journal's own limit is reached; try again when there is. */
        FULL,
        /** A read, write or rename failed; the journal goes on. */
        IO,
        /** An earlier sync failed, or the file system is read-only; nothing is taken any more. */
        READ_ONLY,
        /** The journal was closed. */
        CLOSED,
        /** The mark is no longer good for a snapshot. */
        STALE,
        /** The disk did not answer in time; the record may still become durable. */
        TIMED_OUT,
        /** The waiting thread was interrupted; the record may still become durable. */
        INTERRUPTED
    }

    /** What owners branch on. */
    private final Reason reason;

    /**
     * Makes a failure.
     *
     * @param reason the class; not {@code null}
     * @param message what failed and why; not {@code null}
     * @param cause what was thrown below; may be {@code null}
     */
    public JournalException(Reason reason, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Makes a failure without a cause.
     *
     * @param reason the class; not {@code null}
     * @param message what failed and why; not {@code null}
     */
    public JournalException(Reason reason, String message) {
        this(reason, message, null);
    }

    /**
     * Returns the class of this failure.
     *
     * @return never {@code null}
     */
    public Reason reason() {
        return reason;
    }
}

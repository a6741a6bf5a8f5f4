package io.davit.api.errors;

/**
 * The class of a failure: containerd's error classes with their gRPC status codes.
 *
 * <p>Callers branch on the kind, never on the text of a message. Source: containerd {@code errdefs}
 * and {@code errgrpc}.
 *
 * @since 1.0
 */
public enum Kind {
    /** The caller gave up, or its thread was interrupted. */
    CANCELLED(1),
    /** A failure without a class, for example one that a peer reported without one. */
    UNKNOWN(2),
    /** The request is malformed, whatever the state of the system. */
    INVALID_ARGUMENT(3),
    /** No answer within the time given; the effect may still happen. */
    DEADLINE_EXCEEDED(4),
    /** What the call names does not exist. */
    NOT_FOUND(5),
    /** What the call would make exists. */
    ALREADY_EXISTS(6),
    /** A policy forbids it. */
    PERMISSION_DENIED(7),
    /** Disk, memory, processes, descriptors or a configured quota are used up. */
    RESOURCE_EXHAUSTED(8),
    /** The state does not allow the call now. */
    FAILED_PRECONDITION(9),
    /** The call lost a race and may be repeated. */
    ABORTED(10),
    /** A value lies outside what the object has. */
    OUT_OF_RANGE(11),
    /** Not supported here. */
    NOT_IMPLEMENTED(12),
    /** The kernel, the disk or a peer broke its contract. */
    INTERNAL(13),
    /** Who would do it is not there now; the call may be repeated later. */
    UNAVAILABLE(14),
    /** Stored data is damaged. */
    DATA_LOSS(15),
    /** The caller did not say who it is. */
    UNAUTHENTICATED(16);

    private final int code;

    Kind(int code) {
        this.code = code;
    }

    /**
     * Returns the gRPC status code of this kind.
     *
     * @return 1 to 16
     */
    public int code() {
        return code;
    }

    /**
     * Finds the kind of a gRPC status code.
     *
     * @param code any number
     * @return the kind; {@link #UNKNOWN} for a code that is not listed; never {@code null}
     */
    public static Kind ofCode(int code) {
        for (Kind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return UNKNOWN;
    }
}

package io.davit.ttrpc;

/**
 * How a call ended: gRPC's status codes.
 *
 * @since 1.0
 */
public enum StatusCode {
    /** It succeeded. */
    OK,
    /** The caller gave up. */
    CANCELLED,
    /** A failure without a class. */
    UNKNOWN,
    /** The request is malformed. */
    INVALID_ARGUMENT,
    /** No answer within the time given. */
    DEADLINE_EXCEEDED,
    /** What the call names does not exist. */
    NOT_FOUND,
    /** What the call would make exists. */
    ALREADY_EXISTS,
    /** Not allowed. */
    PERMISSION_DENIED,
    /** Something is used up, or a message is too large. */
    RESOURCE_EXHAUSTED,
    /** The state does not allow the call now. */
    FAILED_PRECONDITION,
    /** The call lost a race. */
    ABORTED,
    /** A value lies outside what there is. */
    OUT_OF_RANGE,
    /** No such service or method, or not supported. */
    UNIMPLEMENTED,
    /** A side broke its contract. */
    INTERNAL,
    /** The other side is not there. */
    UNAVAILABLE,
    /** Stored data is damaged. */
    DATA_LOSS,
    /** The caller did not say who it is. */
    UNAUTHENTICATED;

    /**
     * Returns the number used on the wire.
     *
     * @return 0 to 16
     */
    public int number() {
        return ordinal();
    }

    /**
     * Finds the code of a number.
     *
     * @param number any number
     * @return the code; {@link #UNKNOWN} for a number that is not listed; never {@code null}
     */
    public static StatusCode of(int number) {
        StatusCode[] all = values();
        return number >= 0 && number < all.length ? all[number] : UNKNOWN;
    }
}

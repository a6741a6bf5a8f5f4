package io.davit.ttrpc;

import com.google.protobuf.Any;

import java.util.List;
import java.util.Objects;

/**
 * A call that failed.
 *
 * <p>Handlers of a server throw it to choose what their caller sees. Clients look at {@link
 * #origin} to tell an answer of the peer from a failure on the way to it.
 *
 * @since 1.0
 */
public final class TtrpcException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Where the failure arose. */
    public enum Origin {
        /** The peer answered with a status; the connection is as good as before. */
        PEER,
        /** The connection ended before the answer came, or was closed before the call. */
        CLOSED,
        /** The peer broke the protocol and the connection was closed for it. */
        PROTOCOL,
        /** The time given was over; the peer may still do what it was asked for. */
        DEADLINE,
        /** Arose on this side alone, for example a request that is too large to send. */
        LOCAL
    }

    private final Origin origin;
    private final StatusCode code;

    /** Not serialized: protobuf's messages are, but nobody sends exceptions. */
    private final transient List<Any> details;

    /**
     * Makes a failure of this side.
     *
     * @param code what kind; not {@link StatusCode#OK}
     * @param message what failed and why
     */
    public TtrpcException(StatusCode code, String message) {
        this(code, message, List.of());
    }

    /**
     * Makes a failure of this side with details.
     *
     * @param code what kind; not {@link StatusCode#OK}
     * @param message what failed and why
     * @param details further messages for the peer; copied
     */
    public TtrpcException(StatusCode code, String message, List<Any> details) {
        this(Origin.LOCAL, code, message, details, null);
    }

    TtrpcException(
            Origin origin, StatusCode code, String message, List<Any> details, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.origin = Objects.requireNonNull(origin, "origin");
        this.code = Objects.requireNonNull(code, "code");
        this.details = List.copyOf(details);
        if (code == StatusCode.OK) {
            throw new IllegalArgumentException("a failure cannot have the status OK");
        }
    }

    static TtrpcException closed(String message, Throwable cause) {
        return new TtrpcException(Origin.CLOSED, StatusCode.UNAVAILABLE, message, List.of(), cause);
    }

    static TtrpcException protocol(String message) {
        return new TtrpcException(
                Origin.PROTOCOL,
                StatusCode.INTERNAL,
                "protocol error: " + message,
                List.of(),
                null);
    }

    static TtrpcException deadline(String message) {
        return new TtrpcException(
                Origin.DEADLINE, StatusCode.DEADLINE_EXCEEDED, message, List.of(), null);
    }

    static TtrpcException local(StatusCode code, String message, Throwable cause) {
        return new TtrpcException(Origin.LOCAL, code, message, List.of(), cause);
    }

    /** Makes the same failure for another caller, so that each gets a stack trace of its own. */
    TtrpcException again() {
        return new TtrpcException(origin, code, getMessage(), details(), this);
    }

    /**
     * Returns where the failure arose.
     *
     * @return never {@code null}
     */
    public Origin origin() {
        return origin;
    }

    /**
     * Returns what kind of failure it is.
     *
     * @return never {@link StatusCode#OK}, never {@code null}
     */
    public StatusCode code() {
        return code;
    }

    /**
     * Returns what else the peer said.
     *
     * @return unmodifiable; empty if it said nothing; never {@code null}
     */
    public List<Any> details() {
        return details == null ? List.of() : details;
    }
}

package io.davit.api.errors;

import java.util.Objects;

/**
 * A call of Davit that failed, with the kind a caller can act on.
 *
 * <p>The message is one line in lower case that names id, step and cause; it never holds a value of
 * an environment variable. Unchecked, because value types refuse bad input in their constructors
 * and a record's constructor cannot declare a checked exception; every method that can fail still
 * declares it.
 *
 * @since 1.0
 */
public final class DavitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What callers branch on. */
    private final Kind kind;

    /**
     * Makes a failure without a cause.
     *
     * @param kind the class; not {@code null}
     * @param message what failed and why; not {@code null}
     */
    public DavitException(Kind kind, String message) {
        this(kind, message, null);
    }

    /**
     * Makes a failure with a cause.
     *
     * @param kind the class; not {@code null}
     * @param message what failed and why; not {@code null}
     * @param cause what was thrown below; may be {@code null}
     */
    public DavitException(Kind kind, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /**
     * Returns the class of this failure.
     *
     * @return never {@code null}
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Makes the same failure one step further out: same kind, this as cause, the message prefixed.
     *
     * @param step what was being done, for example {@code start shim}; not {@code null}
     * @return a new exception; never {@code null}
     */
    public DavitException during(String step) {
        return new DavitException(kind, step + ": " + getMessage(), this);
    }
}

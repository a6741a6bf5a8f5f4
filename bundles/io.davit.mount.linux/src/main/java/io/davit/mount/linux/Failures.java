package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Turns what the kernel refused into what callers branch on.
 *
 * <p>Never {@code NOT_FOUND}, {@code ALREADY_EXISTS} or {@code NOT_IMPLEMENTED}: of a mount these
 * would read as the manager's own answers about the activation.
 */
final class Failures {
    private Failures() {}

    /**
     * Makes the failure of a step.
     *
     * @param step what was being done, with its values
     */
    static DavitException of(String step, IOException cause) {
        if (cause instanceof InterruptedIOException) {
            Thread.currentThread().interrupt();
            return new DavitException(Kind.CANCELLED, step + ": interrupted", cause);
        }
        Kind kind = cause instanceof LinuxException e ? kind(e.errno()) : Kind.INTERNAL;
        return new DavitException(kind, step + ": " + cause.getMessage(), cause);
    }

    private static Kind kind(Errno errno) {
        return switch (errno) {
            case EINVAL, ENAMETOOLONG, E2BIG -> Kind.INVALID_ARGUMENT;
            case EPERM, EACCES, EXDEV, ELOOP, EROFS -> Kind.PERMISSION_DENIED;
            case ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EFBIG -> Kind.RESOURCE_EXHAUSTED;
            case ETIMEDOUT -> Kind.DEADLINE_EXCEEDED;
            case ENOENT,
                    EEXIST,
                    ENOTDIR,
                    EISDIR,
                    ENOTEMPTY,
                    EBUSY,
                    ENODEV,
                    ENXIO,
                    ENOTBLK,
                    ENOSYS,
                    EOPNOTSUPP ->
                    Kind.FAILED_PRECONDITION;
            case EUCLEAN -> Kind.DATA_LOSS;
            default -> Kind.INTERNAL;
        };
    }

    /** Makes a refusal of bad input. */
    static DavitException invalid(String message) {
        return new DavitException(Kind.INVALID_ARGUMENT, message);
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

/** Turns what the system refused into what Davit says. */
final class Failures {
    private Failures() {}

    /**
     * Makes the failure of a step.
     *
     * @param step what was being done and for whom
     */
    static DavitException of(String step, LinuxException e) {
        return new DavitException(kind(e), step + ": " + e.getMessage(), e);
    }

    /** Makes the failure of a call whose thread was interrupted, and keeps the interrupt. */
    static DavitException interrupted(String step) {
        Thread.currentThread().interrupt();
        return new DavitException(Kind.CANCELLED, "interrupted: " + step);
    }

    private static Kind kind(LinuxException e) {
        return switch (e.errno()) {
            case ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EAGAIN -> Kind.RESOURCE_EXHAUSTED;
            case EACCES, EPERM, EROFS -> Kind.PERMISSION_DENIED;
            case ENOSYS, EOPNOTSUPP -> Kind.NOT_IMPLEMENTED;
            case ETIMEDOUT -> Kind.DEADLINE_EXCEEDED;
            default -> Kind.INTERNAL;
        };
    }

    /** Says whether a file or process was not there. */
    static boolean isMissing(LinuxException e) {
        return e.is(Errno.ENOENT, Errno.ESRCH);
    }
}

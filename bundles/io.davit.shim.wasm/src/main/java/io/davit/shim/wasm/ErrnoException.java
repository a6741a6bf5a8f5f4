package io.davit.shim.wasm;

/** A call of a guest that failed with an error number. Cheap: it has no stack trace. */
final class ErrnoException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    ErrnoException(Errno errno) {
        super(errno.name(), null, false, false);
        this.errno = errno;
    }

    Errno errno() {
        return errno;
    }
}

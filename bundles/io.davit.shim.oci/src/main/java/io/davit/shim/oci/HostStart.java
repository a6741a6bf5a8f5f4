package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.LinuxException;

/**
 * Takes hold of the machine for the first call that needs it, and lets go of it for good.
 *
 * <p>A JVM that runs no containers loads no native code for them. Safe for use by many threads.
 */
final class HostStart implements AutoCloseable {
    /** Guarded by this; {@code null} before it is needed. */
    private Host host;

    /** Guarded by this. */
    private boolean closed;

    /** Returns the machine. */
    synchronized Host get() throws DavitException {
        if (closed) {
            throw new DavitException(Kind.UNAVAILABLE, "plugin has been stopped");
        }
        if (host == null) {
            try {
                host = Host.start();
            } catch (LinuxException e) {
                throw Failures.of("watch processes", e);
            }
        }
        return host;
    }

    /** Lets go of it; later calls fail. */
    @Override
    public void close() {
        Host last;
        synchronized (this) {
            closed = true;
            last = host;
        }
        if (last != null) {
            last.close();
        }
    }
}

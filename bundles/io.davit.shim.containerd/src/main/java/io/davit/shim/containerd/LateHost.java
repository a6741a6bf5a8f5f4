package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

/**
 * The host, started by the first who needs it: a plugin that nobody asks for anything makes no
 * directory, no thread and no socket.
 */
final class LateHost implements AutoCloseable {
    private final Settings settings;

    /** {@code null} until somebody needs it. Guarded by this. */
    private Host host;

    /** Guarded by this. */
    private boolean closed;

    LateHost(Settings settings) {
        this.settings = settings;
    }

    Settings settings() {
        return settings;
    }

    /**
     * Returns the host, started if need be.
     *
     * @throws DavitException {@code PERMISSION_DENIED} or another kind if it cannot be started now;
     *     {@code UNAVAILABLE} if this is closed
     */
    synchronized Host get() throws DavitException {
        if (closed) {
            throw new DavitException(Kind.UNAVAILABLE, "plugin for containerd's shims has stopped");
        }
        if (host == null) {
            host = Host.start(settings);
        }
        return host;
    }

    /** Stops what was started; shims go on. */
    @Override
    public synchronized void close() {
        closed = true;
        if (host != null) {
            host.close();
        }
    }
}

package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.PacketSocket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Carries what a process writes from its conmon to the caller's streams, on a thread of its own.
 *
 * <p>A stream that blocks holds up the process. A stream that fails is dropped; what it would have
 * got is only in the log.
 */
final class OutputPump implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

    /** What conmon sends at once, and the byte that says which stream it is of. */
    private static final int PACKET = (32 << 10) + 2;

    private static final int STDERR = 3;

    private final String what;
    private final PacketSocket from;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Emptied when a stream has failed; touched by the pump's thread alone. */
    private OutputStream out;

    private OutputStream err;

    /** Set when nobody waits for the output any more. */
    private volatile boolean givenUp;

    /**
     * Makes a pump.
     *
     * @param out where standard output goes; {@code null} to drop it
     * @param err where standard error goes; {@code null} to drop it
     */
    OutputPump(String what, PacketSocket from, OutputStream out, OutputStream err) {
        this.what = what;
        this.from = from;
        this.out = out;
        this.err = err;
    }

    /** Completed when everything was carried or givenUp up. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Expects streams to fail from now on. */
    void giveUp() {
        givenUp = true;
    }

    @Override
    public void run() {
        byte[] packet = new byte[PACKET];
        try {
            for (int n = from.receive(packet); n > 0; n = from.receive(packet)) {
                carry(packet, n);
            }
        } catch (LinuxException e) {
            LOG.debug("output ended: {}", what, e);
        } finally {
            done.complete(null);
        }
    }

    private void carry(byte[] packet, int length) {
        if (packet[0] == STDERR) {
            err = write(err, packet, length);
        } else {
            out = write(out, packet, length);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a caller's stream may throw anything
    private OutputStream write(OutputStream to, byte[] packet, int length) {
        if (to == null) {
            return null;
        }
        try {
            to.write(packet, 1, length - 1);
            to.flush();
            return to;
        } catch (IOException | RuntimeException e) {
            if (!givenUp) {
                LOG.warn(
                        "stream of the caller failed, output goes to the log alone: {} cause={}",
                        what,
                        e.toString());
            }
            return null;
        }
    }
}

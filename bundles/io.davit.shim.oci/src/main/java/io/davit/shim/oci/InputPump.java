package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.PacketSocket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * Carries what a caller sends to a process through its conmon, on a thread of its own.
 *
 * <p>It reads at most one chunk ahead of the process's end, and cannot leave a read of a stream
 * that does not answer to interrupts.
 */
final class InputPump implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(InputPump.class);
    private static final int CHUNK = 8192;

    /** What a terminal takes for the end of its input. */
    private static final byte[] END_OF_TRANSMISSION = {4};

    private final String what;
    private final InputStream from;
    private final PacketSocket to;
    private final End end;

    /** Grows with each chunk, before it is sent; odd while one is on its way. */
    private volatile long turns;

    /** What the end of the caller's stream does. */
    enum End {
        /** Nothing: somebody else may go on sending. */
        STAYS_OPEN,
        /** The process reads the end. */
        CLOSES,
        /** The terminal is told. */
        TERMINAL
    }

    InputPump(String what, InputStream from, PacketSocket to, End end) {
        this.what = what;
        this.from = from;
        this.to = to;
        this.end = end;
    }

    @Override
    @SuppressWarnings("checkstyle:IllegalCatch") // a caller's stream may throw anything
    public void run() {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                turns++;
                to.send(chunk, n);
                turns++;
            }
        } catch (LinuxException e) {
            LOG.debug("input ended: {}", what, e);
            return;
        } catch (InterruptedIOException e) {
            LOG.debug("input ended with its process: {}", what);
            return;
        } catch (IOException | RuntimeException e) {
            LOG.warn("stream of the caller failed: {}", what, e);
        }
        end();
    }

    /** Does what the end of the stream does. */
    void end() {
        try {
            if (end == End.CLOSES) {
                to.endSending();
            } else if (end == End.TERMINAL) {
                to.send(END_OF_TRANSMISSION, 1);
            }
        } catch (LinuxException e) {
            LOG.debug("process has ended before its input: {}", what, e);
        }
    }

    /** Returns a number that stays the same while nothing is read. */
    long turns() {
        return turns;
    }

    /** Says whether nothing is on its way and nothing waits in the stream, as far as it tells. */
    boolean isIdle() {
        try {
            return turns % 2 == 0 && from.available() <= 0;
        } catch (IOException e) {
            return true;
        }
    }
}

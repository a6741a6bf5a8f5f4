package io.davit.shim.containerd;

import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * Carries what a caller sends to the pipe of a process, on a thread of its own.
 *
 * <p>It cannot leave a read of a stream that does not answer to interrupts; what such a read brings
 * after the end is dropped.
 */
final class InputPump implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InputPump.class);
    private static final int CHUNK = 8192;
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final String what;
    private final InputStream from;
    private final Descriptor pipe;

    /** Run when the stream has ended and everything of it is in the pipe. */
    private final Runnable atEnd;

    private volatile boolean closed;

    /** Who runs it; {@code null} before. Guarded by this. */
    private Thread thread;

    /**
     * Makes a pump.
     *
     * @param pipe opened for reading and writing, not to wait; not closed by the pump
     */
    InputPump(String what, InputStream from, Descriptor pipe, Runnable atEnd) {
        this.what = what;
        this.from = from;
        this.pipe = pipe;
        this.atEnd = atEnd;
    }

    /** Begins to carry, once. */
    synchronized void start() {
        if (thread == null && !closed) {
            thread = new Thread(this, "davit-shim-stdin");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    @SuppressWarnings("checkstyle:IllegalCatch") // a caller's stream may throw anything
    public void run() {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = from.read(chunk); n >= 0 && !closed; n = from.read(chunk)) {
                write(Arrays.copyOf(chunk, n));
            }
        } catch (InterruptedException | LinuxException e) {
            LOG.debug("input ended: {}", what, e);
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.warn("stream of the caller failed: {}", what, e);
            }
        }
        if (!closed) {
            atEnd.run();
        }
    }

    private void write(byte[] bytes) throws LinuxException, InterruptedException {
        byte[] rest = bytes;
        while (rest.length > 0 && !closed) {
            int n = pipe.writeSome(rest);
            rest = Arrays.copyOfRange(rest, n, rest.length);
            if (n == 0) {
                pipe.awaitWritable(SLICE);
            }
        }
    }

    /** Stops carrying, as far as the stream lets go. */
    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
        }
    }
}

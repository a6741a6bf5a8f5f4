package io.davit.shim.containerd;

import io.davit.linux.Descriptor;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.ReadWatcher;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads a pipe whenever there is something in it: a thread is taken only then, and by one reader at
 * most one at a time.
 */
final class PipeReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PipeReader.class);
    private static final int CHUNK = 64 << 10;

    /** What is done with what was read. Called by one thread at a time. */
    interface Taker {
        /** Takes bytes; may block, and so hold up whoever writes the pipe. */
        void take(byte[] bytes, int length);

        /** The last writer has left. */
        void end();
    }

    private final Descriptor pipe;
    private final Executor threads;
    private final Taker taker;
    private ReadWatcher.Watch watch;

    private PipeReader(Descriptor pipe, Executor threads, Taker taker) {
        this.pipe = pipe;
        this.threads = threads;
        this.taker = taker;
    }

    /**
     * Begins to read.
     *
     * @param pipe opened not to wait; closed with the reader
     */
    static PipeReader start(Descriptor pipe, ReadWatcher watcher, Executor threads, Taker taker)
            throws LinuxException {
        PipeReader reader = new PipeReader(pipe, threads, taker);
        synchronized (reader) { // the first callback may come before the watch is known
            reader.watch = watcher.watch(pipe, reader::ready);
        }
        return reader;
    }

    private void ready() {
        try {
            threads.execute(this::read);
        } catch (RejectedExecutionException e) {
            LOG.debug("nobody reads any more: pipe={}", pipe.path());
        }
    }

    private void read() {
        byte[] chunk = new byte[CHUNK];
        try {
            while (true) {
                int n = pipe.read(chunk);
                if (n == 0) {
                    taker.end();
                    return;
                }
                taker.take(chunk, n);
            }
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                rearm();
            } else if (!e.is(Errno.EBADF)) {
                LOG.warn("pipe cannot be read: pipe={}", pipe.path(), e);
                taker.end();
            }
        }
    }

    private synchronized void rearm() {
        try {
            watch.rearm();
        } catch (LinuxException e) {
            LOG.debug("pipe was closed: pipe={}", pipe.path(), e);
        }
    }

    /** Stops reading and leaves the pipe open; does not wait for a thread that is taking bytes. */
    synchronized void stop() {
        watch.close();
    }

    /** Stops reading and closes the pipe. */
    @Override
    public void close() {
        stop();
        pipe.close();
    }
}

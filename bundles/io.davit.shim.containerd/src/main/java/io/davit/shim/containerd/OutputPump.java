package io.davit.shim.containerd;

import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Carries what a process writes from its pipe to any number of streams; to none if there are none.
 *
 * <p>A stream that blocks holds up the process and nobody else. A stream that fails is dropped.
 */
final class OutputPump implements PipeReader.Taker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

    private final String what;
    private final Host host;
    private final Descriptor pipe;
    private final List<OutputStream> sinks = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Grows when a chunk is taken and when it was written. */
    private volatile long turns;

    /** Set once nobody wants the rest. */
    private volatile boolean discarding;

    /** Guarded by this. */
    private PipeReader reader;

    private OutputPump(String what, Host host, Descriptor pipe) {
        this.what = what;
        this.host = host;
        this.pipe = pipe;
    }

    /**
     * Begins to carry.
     *
     * @param what names the process and the stream in messages
     * @param pipe opened for reading, not to wait; closed with the pump
     */
    static OutputPump start(String what, Host host, Descriptor pipe, List<OutputStream> sinks)
            throws LinuxException {
        OutputPump pump = new OutputPump(what, host, pipe);
        pump.sinks.addAll(sinks);
        pump.read();
        return pump;
    }

    private synchronized void read() throws LinuxException {
        reader = PipeReader.start(pipe, host.pipes(), host.work(), this);
    }

    void add(OutputStream sink) {
        sinks.add(sink);
    }

    void remove(OutputStream sink) {
        sinks.remove(sink);
    }

    @Override
    public void take(byte[] bytes, int length) {
        turns++;
        for (OutputStream sink : sinks) {
            if (!discarding) {
                write(sink, bytes, length);
            }
        }
        turns++;
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a caller's stream may throw anything
    private void write(OutputStream sink, byte[] bytes, int length) {
        try {
            sink.write(bytes, 0, length);
            sink.flush();
        } catch (IOException | RuntimeException e) {
            sinks.remove(sink);
            LOG.warn("stream of the caller failed: {}", what, e);
        }
    }

    @Override
    public void end() {
        done.complete(null);
    }

    /**
     * Waits until everything was carried, as long as something is: a stream that stands still for
     * too long is given up and the rest dropped, so that the shim can finish.
     *
     * @param stall how long a stream may stand still
     */
    void awaitDone(Duration stall, Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        long seen = -1;
        while (seen != turns && end - System.nanoTime() > 0) {
            seen = turns;
            try {
                long left = Math.min(stall.toNanos(), end - System.nanoTime());
                done.get(left, TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                LOG.debug("output not carried yet: {}", what);
            } catch (ExecutionException e) {
                return;
            }
        }
        discard();
    }

    /** Drops the rest, on a thread other than the one that may be stuck in a stream. */
    private void discard() {
        discarding = true;
        if (isWriting()) {
            LOG.warn("reader of output stands still, the rest is dropped: {}", what);
        } else {
            LOG.debug("output does not end, the rest is dropped: {}", what);
        }
        try {
            synchronized (this) {
                reader.stop();
            }
            read();
        } catch (LinuxException e) {
            LOG.debug("output pipe was closed: {}", what, e);
        }
    }

    private boolean isWriting() {
        return turns % 2 != 0;
    }

    /** Stops carrying. */
    @Override
    public void close() {
        discarding = true;
        done.complete(null);
        synchronized (this) {
            reader.close();
        }
    }
}

package io.davit.ttrpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads, times and, when a peer is slow, writes the connections of any number of clients and
 * servers, on a fixed number of daemon threads.
 *
 * <p>A client or server that is given no loop makes one of its own, with one thread.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 *
 * @since 1.0
 */
public final class TtrpcLoop implements AutoCloseable {
    private static final long CLOSE_MILLIS = 5000;

    private final List<LoopThread> threads;
    private final AtomicInteger turn = new AtomicInteger();

    private TtrpcLoop(List<LoopThread> threads) {
        this.threads = threads;
    }

    /**
     * Starts a loop.
     *
     * @param name the name of its threads, a number is added
     * @param count how many threads; positive
     * @return the loop; never {@code null}
     */
    public static TtrpcLoop start(String name, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a loop needs a thread: count=" + count);
        }
        List<LoopThread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                threads.add(new LoopThread(name + "-" + i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a selector", e);
        }
        threads.forEach(LoopThread::start);
        return new TtrpcLoop(List.copyOf(threads));
    }

    /** Ends every connection and server on this loop, then its threads. Can be repeated. */
    @Override
    public void close() {
        threads.forEach(thread -> thread.close(CLOSE_MILLIS));
    }

    /** Picks the thread for a new connection. */
    LoopThread next() {
        return threads.get(Math.floorMod(turn.getAndIncrement(), threads.size()));
    }
}

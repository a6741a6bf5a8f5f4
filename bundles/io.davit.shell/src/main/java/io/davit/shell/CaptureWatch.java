package io.davit.shell;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies a task's output to somebody who watches. Never holds up the task: what does not fit while
 * the watcher is slow is lost, and the watcher is told how much.
 */
final class CaptureWatch {
    private static final int MOST_CHUNKS = 256;
    private static final long LOOK_MILLIS = 100;

    private final BlockingQueue<Capture.Chunk> chunks = new ArrayBlockingQueue<>(MOST_CHUNKS);
    private final AtomicLong lost = new AtomicLong();

    /** Takes a chunk if there is room. */
    void offer(Capture.Chunk chunk) {
        if (!chunks.offer(chunk)) {
            lost.addAndGet(chunk.bytes().length);
        }
    }

    /** Waits a moment for output and writes it; says whether there was any. */
    boolean copy(Session session, Notices notices) throws IOException, InterruptedException {
        Capture.Chunk chunk = chunks.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        long missing = lost.getAndSet(0);
        if (missing > 0) {
            notices.say("output is lost, this reader is too slow: bytes=" + missing);
        }
        if (chunk != null) {
            (chunk.error() ? session.err() : session.out()).write(chunk.bytes());
        }
        return chunk != null;
    }
}

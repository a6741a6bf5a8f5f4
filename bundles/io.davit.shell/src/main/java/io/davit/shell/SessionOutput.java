package io.davit.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Carries what a task writes to the thread of a shell session, because only that thread's {@code
 * System.out} is the session's. Bounded: a slow session slows the task.
 */
final class SessionOutput extends OutputStream {
    private static final int MOST_CHUNKS = 64;
    private static final long LOOK_MILLIS = 50;

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(MOST_CHUNKS);

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            chunks.put(Arrays.copyOfRange(bytes, offset, offset + length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing");
        }
    }

    /** Writes what arrives until the work is done and everything is written. */
    void copyTo(PrintStream out, Future<?> work) throws InterruptedException {
        while (true) {
            boolean done = work.isDone();
            byte[] chunk = chunks.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (chunk != null) {
                out.write(chunk, 0, chunk.length);
            } else if (done) {
                out.flush();
                return;
            }
        }
    }
}

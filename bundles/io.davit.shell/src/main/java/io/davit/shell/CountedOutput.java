package io.davit.shell;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** Output that knows when it was last written to. */
final class CountedOutput extends FilterOutputStream {
    private static final long QUIET_MILLIS = 100;
    private static final long LONGEST_MILLIS = 2000;

    /** Guarded by this. */
    private long writes;

    CountedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        synchronized (this) {
            writes++;
            notifyAll();
        }
    }

    /** Waits, bounded, until nothing has been written for a moment. */
    synchronized void awaitQuiet() throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
        long seen = -1;
        while (seen != writes && System.nanoTime() < endNanos) {
            seen = writes;
            wait(QUIET_MILLIS);
        }
    }
}

package io.davit.testkit;

import io.davit.api.task.Stdio;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the first bytes that are written to it, and counts all. Safe for use by many threads. */
final class Collector extends OutputStream {
    private static final int KEPT = 1 << 20;

    /** Guarded by this. */
    private final byte[] kept = new byte[KEPT];

    /** Guarded by this. */
    private long count;

    @Override
    public synchronized void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int room = (int) Math.max(0, Math.min(length, KEPT - count));
        if (room > 0) {
            System.arraycopy(bytes, offset, kept, (int) count, room);
        }
        count += length;
    }

    synchronized long count() {
        return count;
    }

    synchronized String text() {
        int length = (int) Math.min(count, KEPT);
        return new String(Arrays.copyOf(kept, length), StandardCharsets.UTF_8);
    }

    /** Standard output comes here, standard error is dropped, there is no input. */
    Stdio asOutput() {
        return asOutput(null);
    }

    /** Standard output comes here, standard error is dropped. */
    Stdio asOutput(InputStream in) {
        return Stdio.streams(in, this, OutputStream.nullOutputStream());
    }
}

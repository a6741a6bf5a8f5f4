package io.davit.shim.oci;

import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads a named pipe until its last writer has left; before its first writer it waits. A close or
 * an interrupt ends the wait.
 */
final class FifoInput extends InputStream {
    private static final Duration SLICE = Duration.ofMillis(100);

    private final Descriptor fifo;
    private volatile boolean closed;

    FifoInput(Descriptor fifo) {
        this.fifo = fifo;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        byte[] chunk = new byte[length];
        awaitSomething();
        int n = fifo.read(chunk);
        System.arraycopy(chunk, 0, to, offset, n);
        Arrays.fill(chunk, (byte) 0);
        return n == 0 ? -1 : n;
    }

    private void awaitSomething() throws LinuxException, InterruptedIOException {
        try {
            while (!fifo.awaitReadable(SLICE)) {
                if (closed) {
                    throw new InterruptedIOException("closed: path=" + fifo.path());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: path=" + fifo.path());
        }
    }

    /** Says 1 when something is there. */
    @Override
    public int available() throws IOException {
        try {
            return fifo.awaitReadable(Duration.ZERO) ? 1 : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public void close() {
        closed = true;
        fifo.close();
    }
}

package io.davit.shim.oci;

import io.davit.linux.Descriptor;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * Writes to a named pipe, waiting while it is full; a close or an interrupt ends the wait.
 *
 * <p>The pipe is held open for reading too, so that a reader may leave and another one come.
 */
final class FifoOutput extends OutputStream {
    private static final Duration SLICE = Duration.ofMillis(100);

    private final Descriptor fifo;
    private volatile boolean closed;

    FifoOutput(Descriptor fifo) {
        this.fifo = fifo;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        byte[] rest = Arrays.copyOfRange(from, offset, offset + length);
        while (rest.length > 0) {
            int n = fifo.writeSome(rest);
            rest = n == 0 ? rest : Arrays.copyOfRange(rest, n, rest.length);
            if (n == 0) {
                awaitRoom();
            }
        }
    }

    private void awaitRoom() throws LinuxException, InterruptedIOException {
        try {
            while (!fifo.awaitWritable(SLICE)) {
                if (closed) {
                    throw new InterruptedIOException("closed: path=" + fifo.path());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: path=" + fifo.path());
        }
    }

    @Override
    public void close() {
        closed = true;
        fifo.close();
    }
}

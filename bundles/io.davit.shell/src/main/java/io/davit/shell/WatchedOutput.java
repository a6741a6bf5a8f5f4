package io.davit.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** An output stream that says once when nobody takes what is written. */
final class WatchedOutput extends OutputStream {
    private final OutputStream out;
    private final Runnable broken;
    private final AtomicBoolean told = new AtomicBoolean();

    WatchedOutput(OutputStream out, Runnable broken) {
        this.out = out;
        this.broken = broken;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (told.compareAndSet(false, true)) {
                broken.run();
            }
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}

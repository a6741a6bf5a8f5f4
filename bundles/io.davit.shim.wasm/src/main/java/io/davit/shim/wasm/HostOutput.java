package io.davit.shim.wasm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The kinds of output. */
final class HostOutput {
    private HostOutput() {}

    private static void writeAll(FileChannel channel, byte[] from, int offset, int length)
            throws ErrnoException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw HostErrors.errno(e);
        }
    }

    /** A regular file that is appended to. */
    static GuestOutput file(FileChannel channel) {
        return new GuestOutput() {
            @Override
            public void write(byte[] from, int offset, int length) throws ErrnoException {
                writeAll(channel, from, offset, length);
            }

            @Override
            public void cancel() {
                try {
                    channel.close();
                } catch (IOException ignored) {
                    // What could not be written was reported when it was written.
                }
            }
        };
    }

    /** A FIFO somebody on the host reads. */
    static GuestOutput fifo(Path path) {
        Fifo fifo = new Fifo(path, StandardOpenOption.WRITE);
        return new GuestOutput() {
            @Override
            public void write(byte[] from, int offset, int length) throws ErrnoException {
                try {
                    writeAll(fifo.channel(), from, offset, length);
                } catch (IOException e) {
                    throw HostErrors.errno(e);
                }
            }

            @Override
            public void cancel() {
                fifo.cancel();
            }
        };
    }

    /** A stream of the caller, flushed after each write and never closed. */
    static GuestOutput stream(OutputStream stream) {
        return new GuestOutput() {
            private volatile boolean cancelled;

            @Override
            public void write(byte[] from, int offset, int length) throws ErrnoException {
                if (cancelled) {
                    throw new ErrnoException(Errno.PIPE);
                }
                try {
                    stream.write(from, offset, length);
                    stream.flush();
                } catch (IOException e) {
                    throw HostErrors.errno(e);
                }
            }

            @Override
            public void cancel() {
                cancelled = true;
            }
        };
    }
}

package io.davit.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what a client of the control socket sends: four bytes of length, a byte of kind, and as
 * many bytes as the length says.
 *
 * <p>Takes no more memory than was sent, whatever the length says. Confined to one thread, but for
 * {@link #isInside}.
 */
final class ClientFrames {
    /** The first one: what is asked for. */
    static final int REQUEST = 1;

    /** Bytes of standard input; none for its end. */
    static final int INPUT = 2;

    /** The size of the client's terminal in columns and rows; zeros without a terminal. */
    static final int SIZE = 3;

    /** Nobody reads standard output any more. */
    static final int BROKEN = 4;

    /** The command is to end. */
    static final int CANCEL = 5;

    /** The most bytes a frame may carry. */
    static final int LONGEST = 4 << 20;

    private static final int SHORT = 1 << 16;
    private static final int HEADER = Integer.BYTES + 1;
    private static final int CHUNK = 1 << 14;

    private final ReadableByteChannel in;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);

    /** When the frame that is being read began, by the monotonic clock; 0 between frames. */
    private volatile long beganNanos;

    /**
     * One frame.
     *
     * @param kind one of the constants
     * @param bytes what it carries
     */
    record Frame(int kind, byte[] bytes) {}

    ClientFrames(ReadableByteChannel in) {
        this.in = in;
    }

    /**
     * Waits for the next frame.
     *
     * @return the frame; empty if the client has ended the connection between two frames
     * @throws IOException if what it sent is no frame, or ends inside one
     */
    Optional<Frame> next() throws IOException {
        header.clear();
        while (header.hasRemaining()) {
            if (in.read(header) < 0) {
                if (header.position() == 0) {
                    return Optional.empty();
                }
                throw new IOException("connection ended inside a frame");
            }
            beganNanos = System.nanoTime() | 1;
        }
        int length = header.getInt(0);
        int kind = header.get(Integer.BYTES);
        if (kind < REQUEST || kind > CANCEL) {
            throw new IOException("unknown kind of frame: kind=" + kind);
        }
        if (length < 0 || length > (kind == REQUEST ? LONGEST : SHORT)) {
            throw new IOException("frame is too long: kind=" + kind + " length=" + length);
        }
        byte[] bytes = body(length);
        beganNanos = 0;
        return Optional.of(new Frame(kind, bytes));
    }

    private byte[] body(int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, CHUNK)];
        int at = 0;
        while (at < length) {
            if (at == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, bytes.length * 2L));
            }
            int count = in.read(ByteBuffer.wrap(bytes, at, bytes.length - at));
            if (count < 0) {
                throw new IOException("connection ended inside a frame");
            }
            at += count;
        }
        return bytes;
    }

    /** Says whether a frame has been on its way for longer than a time. */
    boolean isInside(long nanos) {
        long began = beganNanos;
        return began != 0 && System.nanoTime() - began > nanos;
    }
}

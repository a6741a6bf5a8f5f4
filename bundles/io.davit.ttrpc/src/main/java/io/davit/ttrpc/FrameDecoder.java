package io.davit.ttrpc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into frames. Holds at most one frame, and of that no more than twice what
 * arrived: a length alone makes it allocate nothing. Confined to one thread.
 */
final class FrameDecoder {
    /** Data of this size is taken for granted before it arrived. */
    private static final int FIRST_PIECE = 8192;

    private static final byte[] NOTHING = {};

    /** Takes the frames. */
    interface Sink {
        void frame(int id, byte type, byte flags, byte[] data) throws TtrpcException;

        /** A frame was too large and its data was skipped. */
        void oversized(int id, byte type, long length) throws TtrpcException;

        /** Whether to stop between two frames. */
        boolean isPaused();
    }

    private final Sink sink;
    private final ByteBuffer header = ByteBuffer.allocate(Frames.HEADER);
    private byte[] data = NOTHING;
    private int filled;

    /** Data bytes still to come, meaningful once the header is complete. */
    private long missing;

    FrameDecoder(Sink sink) {
        this.sink = sink;
    }

    /** Says whether the bytes so far end inside a frame. */
    boolean isInsideFrame() {
        return header.position() > 0;
    }

    /**
     * Takes bytes until there are no more or the sink wants a pause.
     *
     * @throws TtrpcException of protocol origin if a length is out of range, and what the sink
     *     throws
     */
    void feed(ByteBuffer in) throws TtrpcException {
        while (in.hasRemaining() && !sink.isPaused()) {
            if (header.hasRemaining()) {
                takeHeader(in);
            } else {
                takeData(in);
            }
            if (!header.hasRemaining() && missing == 0) {
                deliver();
            }
        }
    }

    private void takeHeader(ByteBuffer in) throws TtrpcException {
        while (in.hasRemaining() && header.hasRemaining()) {
            header.put(in.get());
        }
        if (header.get(0) != 0) {
            throw TtrpcException.protocol(
                    "frame length begins with byte 0x"
                            + Integer.toHexString(Byte.toUnsignedInt(header.get(0))));
        }
        if (!header.hasRemaining()) {
            missing = header.getInt(0);
            filled = 0;
            data = isOversized() ? NOTHING : new byte[(int) Math.min(missing, FIRST_PIECE)];
        }
    }

    private void takeData(ByteBuffer in) {
        int n = (int) Math.min(in.remaining(), missing);
        if (isOversized()) {
            in.position(in.position() + n);
        } else {
            grow(n);
            in.get(data, filled, n);
            filled += n;
        }
        missing -= n;
    }

    private void grow(int more) {
        if (filled + more > data.length) {
            int doubled = Math.max(filled + more, 2 * data.length);
            data = Arrays.copyOf(data, Math.min(doubled, header.getInt(0)));
        }
    }

    private void deliver() throws TtrpcException {
        int id = header.getInt(4);
        byte type = header.get(8);
        byte flags = header.get(9);
        int length = header.getInt(0);
        boolean oversized = isOversized();
        byte[] body = data;
        header.clear();
        data = NOTHING;
        if (oversized) {
            sink.oversized(id, type, length);
        } else {
            sink.frame(id, type, flags, body);
        }
    }

    private boolean isOversized() {
        return header.getInt(0) > Frames.LARGEST;
    }
}

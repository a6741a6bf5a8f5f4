package io.davit.ttrpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** The numbers of a frame, and how one is built. */
final class Frames {
    /** Length, stream id, type, flags. */
    static final int HEADER = 10;

    /** The most data bytes a frame may carry. */
    static final int LARGEST = 4 << 20;

    static final byte REQUEST = 1;
    static final byte RESPONSE = 2;
    static final byte DATA = 3;

    /** The sender will send no more data. */
    static final byte REMOTE_CLOSED = 1;

    /** The sender will send data. */
    static final byte REMOTE_OPEN = 2;

    /** The frame carries no message, not even an empty one. */
    static final byte NO_DATA = 4;

    private static final byte[] NOTHING = {};

    private Frames() {}

    /**
     * Builds a frame with stream id 0, to be stamped when it is queued.
     *
     * @throws TtrpcException {@code RESOURCE_EXHAUSTED} if the message is too large
     */
    static ByteBuffer of(byte type, int flags, MessageLite message) throws TtrpcException {
        int size = message.getSerializedSize();
        requireFits(size);
        byte[] bytes = new byte[HEADER + size];
        header(bytes, size, type, flags);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, HEADER, size);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("message does not have the size it says", e);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Builds a frame without data. */
    static ByteBuffer empty(byte type, int flags) {
        byte[] bytes = new byte[HEADER];
        header(bytes, NOTHING.length, type, flags);
        return ByteBuffer.wrap(bytes);
    }

    static void stamp(ByteBuffer frame, int id) {
        frame.putInt(4, id);
    }

    static boolean fits(int size) {
        return size <= LARGEST;
    }

    static String tooLarge(long size) {
        return "message length " + size + " exceed maximum message size of " + LARGEST;
    }

    private static void requireFits(int size) throws TtrpcException {
        if (!fits(size)) {
            throw new TtrpcException(StatusCode.RESOURCE_EXHAUSTED, tooLarge(size));
        }
    }

    private static void header(byte[] bytes, int size, byte type, int flags) {
        ByteBuffer.wrap(bytes).putInt(size).putInt(0).put(type).put((byte) flags);
    }
}

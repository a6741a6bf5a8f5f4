package io.davit.launcher;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * What a daemon sends: four bytes of length, a byte of kind, and as many bytes as the length says.
 * Confined to one thread.
 */
final class ServerFrames {
    /** For standard output. */
    static final int OUTPUT = 65;

    /** For standard error. */
    static final int ERROR = 66;

    /** How many more bytes of standard input may be sent, in four bytes. */
    static final int CREDIT = 67;

    /** Whether the caller's terminal is the task's, in one byte. */
    static final int TERMINAL = 68;

    /** The last one: the status to end with, in four bytes. */
    static final int STATUS = 69;

    private static final int LONGEST = 1 << 20;

    private final DataInputStream in;

    /**
     * One frame.
     *
     * @param kind one of the constants
     * @param bytes what it carries
     */
    record Frame(int kind, byte[] bytes) {
        /** Reads the number it carries. */
        int number() throws IOException {
            if (bytes.length != Integer.BYTES) {
                throw new IOException("frame of the daemon has a wrong length: kind=" + kind);
            }
            int number = 0;
            for (byte b : bytes) {
                number = number << Byte.SIZE | b & 0xFF;
            }
            return number;
        }
    }

    ServerFrames(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /**
     * Waits for the next frame.
     *
     * @return the frame; empty if the daemon has gone
     * @throws IOException if what it sent is no frame
     */
    Optional<Frame> next() throws IOException {
        int length;
        int kind;
        try {
            length = in.readInt();
            kind = in.readUnsignedByte();
        } catch (EOFException e) {
            return Optional.empty();
        }
        if (length < 0 || length > LONGEST || kind < OUTPUT || kind > STATUS) {
            throw new IOException("not a frame of a daemon: kind=" + kind + " length=" + length);
        }
        byte[] bytes = in.readNBytes(length);
        return bytes.length < length ? Optional.empty() : Optional.of(new Frame(kind, bytes));
    }
}

package io.davit.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What waits to be sent to a client of the control socket, in order, and the loop that sends it.
 *
 * <p>Output is bounded: whoever writes more waits, and nobody else does. Only the loop's thread
 * touches the channel, because an interrupt would close it, and threads of tasks are interrupted.
 */
final class Outbox {
    /** For standard output. */
    static final int OUTPUT = 65;

    /** For standard error. */
    static final int ERROR = 66;

    /** How many more bytes of standard input may be sent, in four bytes. */
    static final int CREDIT = 67;

    /** Whether the client's terminal is the task's, in one byte. */
    static final int TERMINAL = 68;

    /** The last one: the status to end with, in four bytes. */
    static final int STATUS = 69;

    private static final int MOST_WAITING = 1 << 18;
    private static final int LONGEST = 1 << 15;

    private final WritableByteChannel channel;

    /** Guarded by this. */
    private final Deque<ByteBuffer> frames = new ArrayDeque<>();

    /** Bytes in the frames; guarded by this. */
    private long waiting;

    /** Whether no more will come; guarded by this. */
    private boolean finished;

    /** Whether nothing can be sent any more; guarded by this. */
    private boolean closed;

    /** When the frame that is being sent was begun, by the monotonic clock; 0 between frames. */
    private volatile long beganNanos;

    Outbox(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Makes a stream whose bytes become frames of a kind. */
    OutputStream stream(int kind) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int at = 0; at < length; at += LONGEST) {
                    putData(kind, bytes, offset + at, Math.min(LONGEST, length - at));
                }
            }
        };
    }

    private synchronized void putData(int kind, byte[] bytes, int offset, int length)
            throws IOException {
        try {
            while (!closed && !finished && waiting >= MOST_WAITING) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing");
        }
        if (closed || finished) {
            throw new IOException("the client has gone");
        }
        add(frame(kind, length).put(bytes, offset, length).flip());
    }

    /** Sends a number, whatever waits. */
    synchronized void number(int kind, int number) {
        add(frame(kind, Integer.BYTES).putInt(number).flip());
    }

    /** Says whether the client's terminal is the task's. */
    synchronized void terminal(boolean lent) {
        add(frame(TERMINAL, 1).put((byte) (lent ? 1 : 0)).flip());
    }

    private static ByteBuffer frame(int kind, int length) {
        return ByteBuffer.allocate(Integer.BYTES + 1 + length).putInt(length).put((byte) kind);
    }

    private void add(ByteBuffer frame) {
        if (!closed && !finished) {
            frames.add(frame);
            waiting += frame.remaining();
            notifyAll();
        }
    }

    /** Takes nothing more; the loop ends when everything is sent. */
    synchronized void finish() {
        finished = true;
        notifyAll();
    }

    /** Drops what waits and refuses what comes. */
    synchronized void close() {
        closed = true;
        frames.clear();
        notifyAll();
    }

    /** Sends what waits until it is finished or closed. */
    void run() throws IOException {
        try {
            ByteBuffer frame = take();
            while (frame != null) {
                beganNanos = System.nanoTime() | 1;
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
                beganNanos = 0;
                frame = take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private synchronized ByteBuffer take() throws InterruptedException {
        while (frames.isEmpty() && !finished && !closed) {
            wait();
        }
        ByteBuffer frame = closed ? null : frames.poll();
        if (frame != null) {
            waiting -= frame.remaining();
            notifyAll();
        }
        return frame;
    }

    /** Says whether the client has taken nothing of a frame for longer than a time. */
    boolean isStuck(long nanos) {
        long began = beganNanos;
        return began != 0 && System.nanoTime() - began > nanos;
    }
}

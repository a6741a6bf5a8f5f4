package io.davit.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.IntConsumer;

/**
 * Standard input as a client sends it. The client is asked for bytes when somebody reads, and never
 * for more than there is room for, so that input nobody reads stays with the client.
 */
final class SentInput extends InputStream {
    private static final int ROOM = 1 << 16;

    private final IntConsumer credit;

    /** A ring; made when somebody reads; guarded by this. */
    private byte[] ring;

    /** Where the next byte to read is; guarded by this. */
    private int head;

    /** How many bytes there are; guarded by this. */
    private int count;

    /** How many bytes the client may send; guarded by this. */
    private int allowed;

    /** How many bytes were read since the client was asked for more; guarded by this. */
    private int taken;

    /** Whether no more bytes will come; guarded by this. */
    private boolean ended;

    /**
     * Makes an input.
     *
     * @param credit asks the client for as many bytes more; must not block
     */
    SentInput(IntConsumer credit) {
        this.credit = credit;
    }

    /**
     * Takes what the client sent; nothing means the end.
     *
     * @throws IOException if the client sent more than it was asked for
     */
    synchronized void put(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            end();
            return;
        }
        if (bytes.length > allowed) {
            throw new IOException("client sent more input than it was asked for");
        }
        allowed -= bytes.length;
        int tail = (head + count) % ROOM;
        int first = Math.min(bytes.length, ROOM - tail);
        System.arraycopy(bytes, 0, ring, tail, first);
        System.arraycopy(bytes, first, ring, 0, bytes.length - first);
        count += bytes.length;
        notifyAll();
    }

    /** Ends the input after what has come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        begin();
        try {
            while (count == 0 && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        }
        if (count == 0) {
            return -1;
        }
        int some = Math.min(Math.min(length, count), ROOM - head);
        System.arraycopy(ring, head, bytes, offset, some);
        head = (head + some) % ROOM;
        count -= some;
        giveBack(some);
        return some;
    }

    private void begin() {
        if (ring == null) {
            ring = new byte[ROOM];
            ask(ROOM);
        }
    }

    private void giveBack(int read) {
        taken += read;
        if (taken >= ROOM / 2) {
            ask(taken);
            taken = 0;
        }
    }

    private void ask(int bytes) {
        if (!ended) {
            allowed += bytes;
            credit.accept(bytes);
        }
    }

    @Override
    public synchronized int available() {
        return count;
    }
}

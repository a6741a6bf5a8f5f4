package io.davit.shell;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Input from a terminal that can be left: Ctrl-P and then Ctrl-Q detach, and are kept from the
 * task. Confined to one thread.
 */
final class DetachKeys extends FilterInputStream {
    private static final int FIRST = 'P' - '@';
    private static final int SECOND = 'Q' - '@';

    private final Runnable detach;

    /** Whether both keys were pressed. */
    private boolean left;

    /** The byte after a first key that was not followed by the second; negative without. */
    private int pushed = -1;

    DetachKeys(InputStream in, Runnable detach) {
        super(in);
        this.detach = detach;
    }

    @Override
    public int read() throws IOException {
        if (left) {
            return -1;
        }
        int next = pushed < 0 ? in.read() : pushed;
        pushed = -1;
        if (next != FIRST) {
            return next;
        }
        int second = in.read();
        if (second == SECOND) {
            left = true;
            detach.run();
            return -1;
        }
        pushed = second;
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = 0;
        while (count < length && (count == 0 || pushed >= 0 || in.available() > 0)) {
            int next = read();
            if (next < 0) {
                return count == 0 ? -1 : count;
            }
            bytes[offset + count++] = (byte) next;
        }
        return count;
    }
}

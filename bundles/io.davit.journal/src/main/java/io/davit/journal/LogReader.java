package io.davit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads the valid records of a range of a file, one after the other. */
final class LogReader {
    private static final int CHUNK = 64 << 10;

    private final StoredFile file;
    private final long end;

    /** What was read of the file and not yet consumed lies in {@code [from, to)}. */
    private byte[] buffer = new byte[CHUNK];

    private int from;
    private int to;

    private long position;
    private long sequence;
    private int payload;

    /**
     * Starts before a record.
     *
     * @param sequence what the first record must bear; 0 for any
     */
    LogReader(StoredFile file, long start, long end, long sequence) {
        this.file = file;
        this.end = end;
        this.position = start;
        this.sequence = sequence - 1;
    }

    /** Steps onto the next record; {@code false} if there is no valid one. */
    boolean next() throws IOException {
        from += payload == 0 ? 0 : Records.HEADER + payload;
        position += payload == 0 ? 0 : Records.HEADER + payload;
        payload = 0;
        if (!fill(Records.HEADER)) {
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(buffer);
        int length = in.getInt(from);
        long found = in.getLong(from + 8);
        boolean right = sequence < 0 ? found > 0 : found == sequence + 1;
        if (length <= 0
                || length > Records.LONGEST
                || !right
                || !fill(Records.HEADER + length)
                || Records.checksum(buffer, from, length)
                        != ByteBuffer.wrap(buffer).getInt(from + 4)) {
            return false;
        }
        payload = length;
        sequence = found;
        return true;
    }

    /** The present record's payload. */
    byte[] payload() {
        int start = from + Records.HEADER;
        return Arrays.copyOfRange(buffer, start, start + payload);
    }

    /** Adds the present record's payload to others. */
    void copyTo(Records records) {
        records.add(buffer, from + Records.HEADER, payload);
    }

    /** Where the present record ends; where the last valid one ended, when there is no next. */
    long end() {
        return position + (payload == 0 ? 0 : Records.HEADER + payload);
    }

    /** The sequence of the last valid record. */
    long sequence() {
        return sequence;
    }

    /** Makes {@code count} bytes available, unless the range ends before. */
    private boolean fill(int count) throws IOException {
        if (to - from >= count) {
            return true;
        }
        if (position + count > end) {
            return false;
        }
        byte[] target = count > buffer.length ? new byte[count + CHUNK] : buffer;
        System.arraycopy(buffer, from, target, 0, to - from);
        buffer = target;
        to -= from;
        from = 0;
        while (to < count) {
            long at = position + to;
            int wanted = (int) Math.min(buffer.length - to, end - at);
            int read = file.read(at, buffer, to, wanted);
            if (read <= 0) {
                return false;
            }
            to += read;
        }
        return true;
    }
}

package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Records in a growing buffer, in the form they have on disk: {@code length int32, crc int32,
 * sequence int64, payload}, big-endian. The checksum covers sequence and payload.
 *
 * <p>Confined to one thread, or guarded by who owns it.
 */
final class Records {
    /** Bytes before a payload. */
    static final int HEADER = 16;

    /** Longest payload that is ever taken for valid. */
    static final int LONGEST = 16 << 20;

    private static final int CRC = 4;
    private static final int SEQUENCE = 8;
    private static final int FIRST_SIZE = 8 << 10;
    private static final int LARGEST_KEPT = 1 << 20;

    private byte[] bytes = new byte[FIRST_SIZE];
    private int length;

    /** Refuses a record that is empty or too long. */
    static void requireLength(JournalOptions options, byte[] record) throws JournalException {
        if (record.length == 0 || record.length > options.longestRecord()) {
            throw new JournalException(
                    Reason.TOO_LARGE,
                    "journal record has a bad length: name="
                            + options.name()
                            + " bytes="
                            + record.length
                            + " most="
                            + options.longestRecord());
        }
    }

    /** Checksum of the record at an offset, whose payload lies behind it. */
    static int checksum(byte[] bytes, int offset, int payload) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + SEQUENCE, HEADER - SEQUENCE + payload);
        return (int) crc.getValue();
    }

    /** Adds a payload; {@link #seal} completes it. */
    void add(byte[] payload) {
        add(payload, 0, payload.length);
    }

    /** Adds a payload out of an array. */
    void add(byte[] from, int offset, int count) {
        reserve(HEADER + count);
        ByteBuffer.wrap(bytes).putInt(length, count);
        System.arraycopy(from, offset, bytes, length + HEADER, count);
        length += HEADER + count;
    }

    /** Numbers all records from a sequence on, and returns the next one. */
    long seal(long sequence) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        long next = sequence;
        int payload;
        for (int at = 0; at < length; at += HEADER + payload) {
            payload = out.getInt(at);
            out.putLong(at + SEQUENCE, next++);
            out.putInt(at + CRC, checksum(bytes, at, payload));
        }
        return next;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Empties the buffer, and lets an unusually large one go. */
    void clear() {
        length = 0;
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[FIRST_SIZE];
        }
    }

    private void reserve(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
    }
}

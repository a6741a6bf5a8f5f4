package io.davit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a log file holds: its longest valid prefix, and whether more than a torn tail follows.
 *
 * @param header the header; {@code null} if this is no log
 * @param records valid records behind the header
 * @param start where the first of them begins
 * @param snapshotEnd where the snapshot ends; 0 if it is not whole
 * @param end where the last valid record ends
 * @param length where the zeros begin that the file ends with, but not before {@code end}
 * @param next the sequence of the record to be appended next
 * @param damage what a crash cannot explain; {@code null} if there is nothing
 */
record LogScan(
        LogHeader header,
        long records,
        long start,
        long snapshotEnd,
        long end,
        long length,
        long next,
        String damage) {
    private static final int CHUNK = 64 << 10;

    /** How far ahead the sequence of a record behind a hole may be. */
    private static final long SEQUENCE_WINDOW = 1 << 20;

    /** How many candidates for a record behind a hole are checked by their checksum. */
    private static final int MOST_CANDIDATES = 1000;

    /** Reads a whole file. */
    static LogScan of(StoredFile file, long generation) {
        long length = 0;
        try {
            length = file.length();
            LogReader reader = new LogReader(file, 0, length, 0);
            LogHeader header = reader.next() ? LogHeader.decode(reader.payload()) : null;
            if (header == null || header.generation() != generation || header.snapshot() < 0) {
                return new LogScan(null, 0, 0, 0, 0, length, 1, "no log of this format");
            }
            return scan(file, reader, header, length);
        } catch (IOException e) {
            return new LogScan(null, 0, 0, 0, 0, length, 1, "cannot be read: " + e.getMessage());
        }
    }

    private static LogScan scan(StoredFile file, LogReader reader, LogHeader header, long size) {
        long length = size;
        long start = reader.end();
        long snapshotEnd = header.snapshot() == 0 ? start : 0;
        long records = 0;
        String damage = null;
        try {
            while (reader.next()) {
                records++;
                if (records == header.snapshot()) {
                    snapshotEnd = reader.end();
                }
            }
            length = withoutZeros(file, reader.end(), size);
            if (snapshotEnd > 0 && isRecordBehind(file, reader.end(), length, reader.sequence())) {
                damage = "damaged before its end: at=" + reader.end() + " bytes=" + length;
            }
        } catch (IOException e) {
            damage = "cannot be read: at=" + reader.end() + " cause=" + e.getMessage();
        }
        if (damage == null && snapshotEnd == 0) {
            damage = "snapshot damaged: at=" + reader.end() + " bytes=" + length;
        }
        return new LogScan(
                header,
                records,
                start,
                snapshotEnd,
                reader.end(),
                length,
                reader.sequence() + 1,
                damage);
    }

    /** Finds where the zeros begin that a file ends with. */
    private static long withoutZeros(StoredFile file, long from, long size) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (long end = size; end > from; end -= Math.min(CHUNK, end - from)) {
            long at = Math.max(from, end - CHUNK);
            for (int i = readFully(file, at, buffer, end); i > 0; i--) {
                if (buffer[i - 1] != 0) {
                    return at + i;
                }
            }
        }
        return from;
    }

    /** Whether the snapshot that the file begins with is all there. */
    boolean isWhole() {
        return header != null && snapshotEnd > 0;
    }

    /** Looks for a later valid record: a torn write leaves none, damage in the middle does. */
    private static boolean isRecordBehind(StoredFile file, long from, long length, long last)
            throws IOException {
        byte[] buffer = new byte[CHUNK];
        int candidates = 0;
        for (long at = from; at < length; at += CHUNK - Records.HEADER) {
            int read = readFully(file, at, buffer, length);
            ByteBuffer in = ByteBuffer.wrap(buffer);
            for (int i = 0; i + Records.HEADER <= read; i++) {
                long sequence = in.getLong(i + 8);
                if (sequence > last
                        && sequence - last < SEQUENCE_WINDOW
                        && fits(in.getInt(i), length - at - i)) {
                    if (new LogReader(file, at + i, length, sequence).next()) {
                        return true;
                    }
                    if (++candidates == MOST_CANDIDATES) {
                        return false;
                    }
                }
            }
        }
        return false;
    }

    private static boolean fits(int payload, long room) {
        return payload > 0 && payload <= room - Records.HEADER;
    }

    private static int readFully(StoredFile file, long at, byte[] into, long length)
            throws IOException {
        int wanted = (int) Math.min(into.length, length - at);
        int read = 0;
        while (read < wanted) {
            int more = file.read(at + read, into, read, wanted - read);
            if (more <= 0) {
                break;
            }
            read += more;
        }
        return read;
    }
}

package io.davit.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first record of every log file, by which a foreign file is told.
 *
 * @param generation the file's number, also in its name
 * @param snapshot how many of the records behind it are the snapshot
 */
record LogHeader(long generation, long snapshot) {
    private static final byte[] MAGIC = "davit log\n".getBytes(StandardCharsets.US_ASCII);
    private static final String NAME = "log.";
    private static final String TEMPORARY = ".tmp";
    private static final int MOST_DIGITS = 18;

    /** Payload bytes of a header. */
    static final int LENGTH = MAGIC.length + 2 * Long.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(LENGTH).put(MAGIC).putLong(generation).putLong(snapshot).array();
    }

    /** Reads a header, or tells with {@code null} that it is none. */
    static LogHeader decode(byte[] payload) {
        if (payload.length != LENGTH || Arrays.mismatch(MAGIC, payload) != MAGIC.length) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(payload).position(MAGIC.length);
        return new LogHeader(in.getLong(), in.getLong());
    }

    /** The file name of a generation. */
    static String nameOf(long generation) {
        return NAME + String.format("%08d", generation);
    }

    /** The name of a generation that is being written. */
    static String temporaryOf(long generation) {
        return nameOf(generation) + TEMPORARY;
    }

    static boolean isTemporary(String name) {
        return name.startsWith(NAME) && name.endsWith(TEMPORARY);
    }

    /** The generation in a file name; 0 if it is no log's. */
    static long generationOf(String name) {
        String digits = name.startsWith(NAME) ? name.substring(NAME.length()) : "";
        if (digits.isEmpty()
                || digits.length() > MOST_DIGITS
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        long generation = Long.parseLong(digits);
        return name.equals(nameOf(generation)) ? generation : 0;
    }
}

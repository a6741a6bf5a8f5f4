package io.davit.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file {@code store.json}: in which version of the format the directory is written.
 *
 * <p>Carries a checksum, so that a damaged digit is not taken for a newer version.
 */
final class FormatFile {
    static final String NAME = "store.json";
    static final int VERSION = 1;
    private static final String TEMPORARY = NAME + ".tmp";
    private static final int LONGEST = 4096;
    private static final Pattern FORM =
            Pattern.compile("\\{\"format\":([0-9]{1,9})(?:,\"crc32c\":\"([0-9a-f]{8})\")?\\}\n?");

    /** What the file says. */
    enum State {
        /** This version. */
        OURS,
        /** A version that this code does not know. */
        NEWER,
        /** Nothing that can be believed. */
        DAMAGED
    }

    private FormatFile() {}

    /** Reads the file, which exists. */
    static State read(Storage storage) {
        try (StoredFile file = storage.open(NAME)) {
            byte[] bytes = new byte[LONGEST];
            int length = 0;
            int read = 0;
            while (read >= 0 && length < LONGEST) {
                read = file.read(length, bytes, length, LONGEST - length);
                length += Math.max(read, 0);
            }
            return judge(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return State.DAMAGED;
        }
    }

    private static State judge(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return State.DAMAGED;
        }
        int version = Integer.parseInt(form.group(1));
        if (form.group(2) != null && !form.group(2).equals(checksum(version))) {
            return State.DAMAGED;
        }
        if (version == VERSION) {
            return State.OURS;
        }
        return version > VERSION ? State.NEWER : State.DAMAGED;
    }

    /** Writes the file, durable when this returns. */
    static void write(Storage storage) throws IOException {
        byte[] text = content(VERSION).getBytes(StandardCharsets.US_ASCII);
        try (StoredFile file = storage.create(TEMPORARY)) {
            file.write(0, text, 0, text.length);
            file.sync();
        }
        storage.rename(TEMPORARY, NAME);
        storage.sync();
    }

    /** The text of a version. */
    static String content(int version) {
        return "{\"format\":" + version + ",\"crc32c\":\"" + checksum(version) + "\"}\n";
    }

    static boolean isTemporary(String name) {
        return name.equals(TEMPORARY);
    }

    private static String checksum(int version) {
        CRC32C crc = new CRC32C();
        crc.update(("format " + version).getBytes(StandardCharsets.US_ASCII));
        return String.format("%08x", crc.getValue());
    }
}

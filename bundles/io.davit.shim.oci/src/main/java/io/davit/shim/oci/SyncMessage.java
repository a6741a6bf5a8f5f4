package io.davit.shim.oci;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one line that conmon sends about a start.
 *
 * @param number the number of the process, or negative when there is none
 * @param text what the runtime said about it; empty when nothing
 */
record SyncMessage(int number, String text) {
    private static final Pattern LINE =
            Pattern.compile("\\{\"data\": ?(-?\\d{1,10})(?:, ?\"message\": ?\"(.*)\")?}\\s*");

    /** Reads the line; nothing if it is none. */
    static Optional<SyncMessage> parse(String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        String text = m.group(2) == null ? "" : m.group(2);
        return Optional.of(new SyncMessage(Integer.parseInt(m.group(1)), text));
    }
}

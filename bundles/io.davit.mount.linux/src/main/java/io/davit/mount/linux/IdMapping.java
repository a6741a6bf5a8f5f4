package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of ids that stand for others.
 *
 * @param containerId the first id inside
 * @param hostId the first id outside
 * @param size how many
 */
record IdMapping(long containerId, long hostId, long size) {
    private static final int MOST_RUNS = 340;
    private static final int LONGEST = 16384;
    private static final Pattern RUN =
            Pattern.compile("\\+?([0-9]{1,10}):\\+?([0-9]{1,10}):\\+?([0-9]{1,10})");

    /**
     * Reads {@code container:host:size[,…]}.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} for anything else
     */
    static List<IdMapping> parse(String text) throws DavitException {
        List<IdMapping> runs = new ArrayList<>();
        String[] parts = text.length() > LONGEST ? new String[0] : text.split(",", MOST_RUNS + 1);
        for (String part : parts) {
            Matcher run = RUN.matcher(part);
            if (runs.size() < MOST_RUNS && run.matches()) {
                runs.add(
                        new IdMapping(
                                Long.parseLong(run.group(1)),
                                Long.parseLong(run.group(2)),
                                Long.parseLong(run.group(3))));
            } else {
                throw malformed(text);
            }
        }
        if (runs.isEmpty()) {
            throw malformed(text);
        }
        return runs;
    }

    private static DavitException malformed(String text) {
        return Failures.invalid("malformed id map: map=" + Texts.quote(text));
    }

    /** Writes runs the way the kernel reads them. */
    static String render(List<IdMapping> runs) {
        StringBuilder text = new StringBuilder();
        for (IdMapping run : runs) {
            text.append(run.containerId).append(' ').append(run.hostId).append(' ');
            text.append(run.size).append('\n');
        }
        return text.toString();
    }
}

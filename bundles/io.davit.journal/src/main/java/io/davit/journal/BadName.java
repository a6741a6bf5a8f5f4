package io.davit.journal;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The names under which things are set aside: {@code store.bad-<time>}. */
final class BadName {
    static final String PREFIX = "store.bad-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private BadName() {}

    /** A name that nothing has yet. */
    static String free(Storage storage) throws IOException {
        List<String> taken = storage.list();
        long now = System.currentTimeMillis();
        int count = 0;
        while (taken.contains(next(now, count))) {
            count++;
        }
        return next(now, count);
    }

    /** The name for a moment; a count tells apart what was set aside in the same moment. */
    static String next(long millis, int count) {
        String name = PREFIX + TIME.format(Instant.ofEpochMilli(millis));
        return count == 0 ? name : name + "-" + count;
    }
}

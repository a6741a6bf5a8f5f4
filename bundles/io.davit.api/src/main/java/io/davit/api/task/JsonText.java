package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

/** The one rule that OCI documents share before anybody reads them: their size. */
final class JsonText {
    private static final int LONGEST = 1 << 20;

    private JsonText() {}

    /** Counts bytes of UTF-8 without encoding. */
    static void require(String what, String json) {
        if (json == null || json.isEmpty()) {
            throw new DavitException(Kind.INVALID_ARGUMENT, what + " is missing");
        }
        long bytes = json.length();
        for (int i = 0; i < json.length() && bytes <= LONGEST; i++) {
            char c = json.charAt(i);
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        if (bytes > LONGEST) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    what + " is larger than 1 MiB: characters=" + json.length());
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.oci.Json;
import io.davit.oci.JsonObject;

/**
 * The one line that conmon sends about a start.
 *
 * @param number the number of the process, or negative when there is none
 * @param text what the runtime said about it; empty when nothing
 */
record SyncMessage(int number, String text) {
    private static final String WHAT = "conmon";

    /**
     * Reads the line.
     *
     * @throws DavitException {@code INTERNAL}, a protocol error, if it is none
     */
    static SyncMessage parse(String line) throws DavitException {
        try {
            JsonObject message = JsonObject.of(WHAT, Json.parse(WHAT, line));
            long number =
                    message.integer("data", Integer.MIN_VALUE, Integer.MAX_VALUE)
                            .orElseThrow(() -> message.invalid("data", "is required"));
            return new SyncMessage((int) number, message.text("message").orElse(""));
        } catch (DavitException e) {
            throw new DavitException(Kind.INTERNAL, "protocol error: " + e.getMessage(), e);
        }
    }
}

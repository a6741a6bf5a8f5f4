package io.davit.oci;

import java.util.Objects;

/**
 * A limit of the kernel on one process.
 *
 * @param type which, for example {@code RLIMIT_NOFILE}; not {@code null}
 * @param hard the ceiling, 64 bits without a sign; all ones for no limit
 * @param soft what holds, at most the ceiling, likewise
 * @since 1.0
 */
public record Rlimit(String type, long hard, long soft) {
    private static final String PREFIX = "RLIMIT_";

    /** Checks for {@code null}. */
    public Rlimit {
        Objects.requireNonNull(type, "type");
    }

    static Rlimit read(JsonObject limit) {
        String type = limit.requireText("type");
        SpecRules.requireName(limit, "type", type);
        if (!type.startsWith(PREFIX)) {
            throw limit.invalid("type", "must begin with " + PREFIX);
        }
        long hard = limit.unsigned("hard").orElseThrow(() -> limit.invalid("hard", "is required"));
        long soft = limit.unsigned("soft").orElseThrow(() -> limit.invalid("soft", "is required"));
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw limit.invalid("soft", "is above the hard limit");
        }
        return new Rlimit(type, hard, soft);
    }
}

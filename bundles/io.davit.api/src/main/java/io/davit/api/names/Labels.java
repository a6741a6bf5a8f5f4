package io.davit.api.names;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rule for labels: data that travels with an object, and never names a program or a path.
 *
 * <p>At most 64 labels; a key of {@code [A-Za-z0-9._/-]+}; key and value together at most 4,096
 * bytes of UTF-8; no NUL. Keys under {@code containerd.io/restart.} are refused, because in
 * containerd they make the daemon start programs.
 *
 * @since 1.0
 */
public final class Labels {
    /** The most labels on one object. */
    public static final int MOST = 64;

    /** The most bytes of a key and its value together. */
    public static final int LONGEST = 4096;

    private static final String RESTART = "containerd.io/restart.";

    private Labels() {}

    /**
     * Checks and copies labels.
     *
     * @param labels the labels; may be {@code null}, meaning none
     * @return an unmodifiable copy, sorted by key; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if there are too many, or a key or value is
     *     malformed or too long; {@code PERMISSION_DENIED} for a key nobody may set
     */
    public static Map<String, String> require(Map<String, String> labels) {
        if (labels == null || labels.isEmpty()) {
            return Map.of();
        }
        if (labels.size() > MOST) {
            throw invalid(labels.size() + " labels are more than " + MOST);
        }
        labels.forEach(Labels::requireOne);
        return Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    private static void requireOne(String key, String value) {
        if (key == null || key.isEmpty() || value == null) {
            throw invalid("a label needs a key and a value: key=" + Texts.quote(key));
        }
        if (key.length() > LONGEST
                || value.length() > LONGEST
                || bytes(key) + bytes(value) > LONGEST) {
            throw invalid("label " + Texts.quote(key) + " is longer than " + LONGEST + " bytes");
        }
        if (!key.chars().allMatch(Labels::isKeyCharacter)) {
            throw invalid("label key " + Texts.quote(key) + " must match [A-Za-z0-9._/-]+");
        }
        if (value.indexOf('\0') >= 0) {
            throw invalid("label " + Texts.quote(key) + " holds a NUL");
        }
        if (key.startsWith(RESTART)) {
            throw new DavitException(
                    Kind.PERMISSION_DENIED, "label " + Texts.quote(key) + " may not be set");
        }
    }

    private static boolean isKeyCharacter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '-' && c <= '9' || c == '_';
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static DavitException invalid(String why) {
        return new DavitException(Kind.INVALID_ARGUMENT, "invalid labels: " + why);
    }
}

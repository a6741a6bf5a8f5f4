package io.davit.api.names;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

/**
 * containerd's rule for names of namespaces, tasks, execs and plugins.
 *
 * <p>1 to 76 characters: runs of ASCII letters and digits joined by single {@code .}, {@code _} or
 * {@code -}. Case matters. Source: containerd {@code pkg/identifiers/validate.go}.
 *
 * @since 1.0
 */
public final class Identifiers {
    /** The longest identifier, in characters and bytes. */
    public static final int LONGEST = 76;

    private static final String PATTERN = "^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$";

    private Identifiers() {}

    /**
     * Checks an identifier. Costs at most 76 characters of work, however long the value is.
     *
     * @param what what the value names, for the message, for example {@code task id}
     * @param value the value; may be {@code null}
     * @return the value
     * @throws DavitException {@code INVALID_ARGUMENT} if it is missing, too long or does not match
     */
    public static String require(String what, String value) {
        if (value == null || value.isEmpty()) {
            throw invalid(what, "identifier must not be empty");
        }
        if (value.length() > LONGEST) {
            throw invalid(
                    what,
                    "identifier "
                            + Texts.quote(value)
                            + " greater than maximum length ("
                            + LONGEST
                            + " characters)");
        }
        if (!matches(value)) {
            throw invalid(what, "identifier " + Texts.quote(value) + " must match " + PATTERN);
        }
        return value;
    }

    /** Hand-written: the pattern on java.util.regex recurses once per separator. */
    private static boolean matches(String value) {
        boolean wantLetter = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (isLetterOrDigit(c)) {
                wantLetter = false;
            } else if (wantLetter || c != '.' && c != '_' && c != '-') {
                return false;
            } else {
                wantLetter = true;
            }
        }
        return !wantLetter;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static DavitException invalid(String what, String why) {
        return new DavitException(Kind.INVALID_ARGUMENT, "invalid " + what + ": " + why);
    }
}

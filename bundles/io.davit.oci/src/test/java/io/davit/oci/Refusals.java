package io.davit.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.function.Executable;

/** What every refusal owes its reader. */
final class Refusals {
    private static final int LONGEST_MESSAGE = 500;

    private Refusals() {}

    /** The call fails with a kind and a short message of one line that begins with the field. */
    static void assertRefused(Kind kind, String field, Executable call) {
        DavitException refusal = assertThrows(DavitException.class, call);
        String message = refusal.getMessage();
        assertEquals(kind, refusal.kind(), message);
        assertTrue(message.startsWith(field + ":"), message);
        assertTrue(message.length() < LONGEST_MESSAGE, "length=" + message.length());
        assertTrue(message.chars().noneMatch(c -> c < ' '), message);
    }

    static void assertInvalid(String field, Executable call) {
        assertRefused(Kind.INVALID_ARGUMENT, field, call);
    }
}

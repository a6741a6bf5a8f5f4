package io.davit.api.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** containerd's identifier rule and the messages of its refusals. */
class IdentifiersTest {
    private static DavitException refusalOf(String value) {
        return assertThrows(DavitException.class, () -> Identifiers.require("task id", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A9", "a.b", "a-b_c.d", "0", "default"})
    void identifiers_are_returned(String value) {
        assertEquals(value, Identifiers.require("task id", value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc",
                "a..b",
                "a.",
                "-a",
                "a_",
                "a\n",
                "a\0b",
                "a b",
                "a/b",
                "é",
                "a.-b",
                "١٢"
            })
    void anything_else_does_not_match(String value) {
        DavitException refusal = refusalOf(value);
        assertEquals(Kind.INVALID_ARGUMENT, refusal.kind());
        assertTrue(
                refusal.getMessage()
                        .endsWith(" must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$"),
                refusal::getMessage);
    }

    @Test
    void an_empty_or_missing_identifier_says_so() {
        assertEquals("invalid task id: identifier must not be empty", refusalOf("").getMessage());
        assertEquals("invalid task id: identifier must not be empty", refusalOf(null).getMessage());
    }

    @Test
    void the_longest_identifier_has_76_characters() {
        Identifiers.require("task id", "a".repeat(76));
        assertTrue(
                refusalOf("a".repeat(77))
                        .getMessage()
                        .endsWith("greater than maximum length (76 characters)"));
    }

    @Test
    void a_huge_identifier_is_refused_with_a_short_message() {
        String message = refusalOf("a.".repeat(5_000_000)).getMessage();
        assertTrue(message.length() < 500, message);
    }
}

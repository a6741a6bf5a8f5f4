package io.davit.api.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Foreign text cannot break a line or a terminal. */
class TextsTest {
    @Test
    void control_characters_quotes_and_foreign_letters_are_escaped() {
        assertEquals(
                "\"a\\n\\r\\t\\\"\\\\\\u001b[31m\\u00e9\"", Texts.quote("a\n\r\t\"\\\u001b[31mé"));
    }

    @Test
    void long_text_is_cut_and_counted() {
        String quoted = Texts.quote("x".repeat(10_000_000));
        assertTrue(quoted.startsWith("\"" + "x".repeat(100) + "\""), quoted);
        assertTrue(quoted.endsWith("(10000000 characters)"), quoted);
    }

    @Test
    void missing_text_is_not_an_empty_text() {
        assertEquals("null", Texts.quote(null));
        assertEquals("\"\"", Texts.quote(""));
    }
}

package io.davit.api.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of activations are free text, but never a way out of a directory. */
class ActivationNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "é", "with space", "a//b", "...", "/a/"})
    void free_names_are_taken(String name) {
        assertEquals(name, new ActivationName(Namespace.DEFAULT, name).name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../../x", "a/../b", "a/.", "a\nb", "a\0b", "a\u0085b"})
    void others_are_invalid(String name) {
        DavitException refusal =
                assertThrows(
                        DavitException.class, () -> new ActivationName(Namespace.DEFAULT, name));
        assertEquals(Kind.INVALID_ARGUMENT, refusal.kind());
    }

    @Test
    void the_longest_name_has_255_bytes() {
        new ActivationName(Namespace.DEFAULT, "a".repeat(255));
        assertThrows(
                DavitException.class, () -> new ActivationName(Namespace.DEFAULT, "a".repeat(256)));
        assertThrows(
                DavitException.class, () -> new ActivationName(Namespace.DEFAULT, "é".repeat(128)));
    }
}

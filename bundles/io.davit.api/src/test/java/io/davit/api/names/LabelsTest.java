package io.davit.api.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

/** Labels are bounded data that nobody acts on. */
class LabelsTest {
    private static Kind refusalOf(Map<String, String> labels) {
        return assertThrows(DavitException.class, () -> Labels.require(labels)).kind();
    }

    @Test
    void labels_are_copied() {
        Map<String, String> given = new HashMap<>(Map.of("a", "1"));
        Map<String, String> taken = Labels.require(given);
        given.put("b", "2");
        assertEquals(Map.of("a", "1"), taken);
        assertThrows(UnsupportedOperationException.class, () -> taken.put("c", "3"));
    }

    @Test
    void no_labels_are_an_empty_map() {
        assertEquals(Map.of(), Labels.require(null));
    }

    @Test
    void key_and_value_together_have_at_most_4096_bytes() {
        Labels.require(Map.of("k", "v".repeat(4095)));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(Map.of("k", "v".repeat(4096))));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(Map.of("k", "é".repeat(2048))));
    }

    @Test
    void there_are_at_most_64_labels() {
        Map<String, String> labels = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            labels.put("k" + i, "");
        }
        assertEquals(64, Labels.require(labels).size());
        labels.put("k64", "");
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(labels));
    }

    @Test
    void malformed_keys_and_values_are_refused() {
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(Map.of("", "v")));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(Map.of("a b", "v")));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf(Map.of("k", "a\0b")));
    }

    @Test
    void labels_that_start_programs_elsewhere_may_not_be_set() {
        assertEquals(
                Kind.PERMISSION_DENIED,
                refusalOf(Map.of("containerd.io/restart.loguri", "binary:///bin/sh")));
    }
}

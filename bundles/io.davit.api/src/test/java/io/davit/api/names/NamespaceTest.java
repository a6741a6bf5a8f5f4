package io.davit.api.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;

/** A missing namespace is another failure than a malformed one. */
class NamespaceTest {
    private static Kind refusalOf(String name) {
        return assertThrows(DavitException.class, () -> new Namespace(name)).kind();
    }

    @Test
    void a_missing_namespace_is_a_failed_precondition() {
        assertEquals(Kind.FAILED_PRECONDITION, refusalOf(null));
        assertEquals(Kind.FAILED_PRECONDITION, refusalOf(""));
    }

    @Test
    void a_malformed_namespace_is_an_invalid_argument() {
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("a/b"));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("a".repeat(77)));
    }

    @Test
    void a_namespace_prints_as_its_name() {
        assertEquals("k8s.io", new Namespace("k8s.io").toString());
    }
}

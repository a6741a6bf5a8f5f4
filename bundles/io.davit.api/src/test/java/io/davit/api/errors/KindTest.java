package io.davit.api.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

/** Kinds and gRPC codes are the same thing. */
class KindTest {
    @Test
    void every_kind_is_found_by_its_code() {
        for (Kind kind : Kind.values()) {
            assertSame(kind, Kind.ofCode(kind.code()));
        }
    }

    @Test
    void a_code_that_is_not_listed_is_unknown() {
        assertSame(Kind.UNKNOWN, Kind.ofCode(0));
        assertSame(Kind.UNKNOWN, Kind.ofCode(17));
        assertSame(Kind.UNKNOWN, Kind.ofCode(-1));
    }

    @Test
    void a_failure_keeps_its_kind_one_step_further_out() {
        DavitException inner = new DavitException(Kind.NOT_FOUND, "no such file");
        DavitException outer = inner.during("open module");
        assertEquals(Kind.NOT_FOUND, outer.kind());
        assertEquals("open module: no such file", outer.getMessage());
        assertSame(inner, outer.getCause());
    }
}

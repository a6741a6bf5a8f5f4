package io.davit.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** The forms of standard streams that a caller may give. */
class StdioTest {
    private static Kind refusalOf(String in, String out, String err) {
        return assertThrows(DavitException.class, () -> Stdio.uris(in, out, err, false)).kind();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/x/out", "fifo:///run/x/out", "FILE:///run/x/out"})
    void paths_of_fifos_and_files_are_taken(String uri) {
        assertEquals("/run/x/out", new Stdio.Uri(uri).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary:///bin/sh?x", "binary-v2:///bin/x", "tcp://h:1", "http://x/y"})
    void other_schemes_are_not_implemented(String uri) {
        assertEquals(Kind.NOT_IMPLEMENTED, refusalOf("", uri, uri));
    }

    @ParameterizedTest
    @ValueSource(strings = {"out", "/a/../b", "/a//b", "/a/", "file://host/x/..", "/a\0b", "/a\nb"})
    void other_paths_are_invalid(String uri) {
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("", uri, uri));
    }

    @Test
    void output_is_given_whole_or_not_at_all() {
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("", "/o", ""));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("", "", "/e"));
        assertEquals(Kind.INVALID_ARGUMENT, refusalOf("/i", "", ""));
        assertEquals(Stdio.NONE, Stdio.uris("", null, "", false));
    }

    @Test
    void with_a_terminal_stderr_may_be_missing() {
        assertEquals(new Stdio.None(), Stdio.uris("/i", "/o", "", true).stderr());
    }

    @Test
    void streams_need_no_input() {
        OutputStream out = new ByteArrayOutputStream();
        assertEquals(new Stdio.None(), Stdio.streams(null, out, out).stdin());
    }
}

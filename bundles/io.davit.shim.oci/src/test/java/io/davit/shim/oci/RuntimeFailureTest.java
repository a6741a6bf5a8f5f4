package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What runtimes complain about, as failures. */
class RuntimeFailureTest {
    @Test
    void the_message_of_a_logged_line_is_taken_out() {
        String said =
                "time=\"2026-11-25T00:57:49Z\" level=error msg=\"runc create failed: unable to"
                        + " start container process: exec: \\\"/no\\\": no such file\"\n";
        DavitException e = RuntimeFailure.of("create task a/b", said);
        assertEquals(Kind.NOT_FOUND, e.kind());
        assertEquals(
                "create task a/b: runc create failed: unable to start container process: exec:"
                        + " \"/no\": no such file",
                e.getMessage());
    }

    @Test
    void kinds_follow_the_words() {
        assertEquals(
                Kind.RESOURCE_EXHAUSTED, RuntimeFailure.of("s", "No space left on device").kind());
        assertEquals(
                Kind.NOT_FOUND,
                RuntimeFailure.of("s", "executable file `/x` not found in $PATH").kind());
        for (String said :
                List.of("open executable: Permission denied", "exec: \"/x\": permission denied")) {
            assertEquals(Kind.FAILED_PRECONDITION, RuntimeFailure.of("s", said).kind(), said);
        }
        assertEquals(
                Kind.PERMISSION_DENIED,
                RuntimeFailure.of("s", "setrlimit `RLIMIT_NOFILE`: Operation not permitted")
                        .kind());
        assertEquals(Kind.INTERNAL, RuntimeFailure.of("s", "boom").kind());
        assertTrue(RuntimeFailure.of("s", " \n").getMessage().contains("no reason"));
    }

    @Test
    void foreign_text_stays_one_short_line() {
        DavitException e = RuntimeFailure.of("s", "a\nb\u001b[31mé" + "x".repeat(10_000));
        assertTrue(e.getMessage().length() < 400);
        assertTrue(e.getMessage().chars().noneMatch(c -> c < ' '), e.getMessage());
    }
}

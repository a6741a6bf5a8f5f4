package io.davit.api.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;

/** What requests and values refuse before anything happens. */
class RequestsTest {
    private static final OciSpec SPEC = new OciSpec("{}");

    private static void assertInvalid(Executable call) {
        assertEquals(Kind.INVALID_ARGUMENT, assertThrows(DavitException.class, call).kind());
    }

    @Test
    void a_task_has_at_most_100_mounts() {
        CreateTask.Builder builder = CreateTask.builder(TaskId.of("t"), "io.davit.wasm.v1", SPEC);
        Mount bind = Mount.of("bind", "/a", "rbind");
        assertEquals(100, builder.rootfs(Collections.nCopies(100, bind)).build().rootfs().size());
        assertInvalid(() -> builder.rootfs(Collections.nCopies(101, bind)).build());
    }

    @Test
    void a_task_needs_a_runtime_and_well_formed_names() {
        assertInvalid(() -> CreateTask.builder(TaskId.of("t"), "", SPEC).build());
        assertInvalid(() -> TaskId.of("../x"));
        assertInvalid(() -> CreateTask.builder(TaskId.of("t"), "r", SPEC).sandbox("a b").build());
        assertInvalid(() -> new ExecTask("", new OciProcess("{}"), Stdio.NONE));
        assertInvalid(
                () -> CreateTask.builder(TaskId.of("t"), "r", SPEC).labels(Map.of("", "")).build());
    }

    @Test
    void documents_have_at_most_one_mebibyte_of_utf8() {
        assertEquals(1 << 20, new OciSpec("x".repeat(1 << 20)).json().length());
        assertInvalid(() -> new OciSpec("x".repeat((1 << 20) + 1)));
        assertInvalid(() -> new OciSpec("é".repeat((1 << 19) + 1)));
        assertInvalid(() -> new OciProcess(""));
        assertInvalid(() -> new OciResources(null));
    }

    @Test
    void a_document_never_prints_its_text() {
        assertFalse(new OciSpec("{\"secret\":1}").toString().contains("secret"));
    }

    @Test
    void a_typed_value_is_compared_by_its_bytes_and_copies_them() {
        byte[] bytes = {1, 2};
        TypedValue value = new TypedValue("t", bytes);
        bytes[0] = 9;
        value.value()[1] = 9;
        assertArrayEquals(new byte[] {1, 2}, value.value());
        assertEquals(new TypedValue("t", new byte[] {1, 2}), value);
        assertEquals(new TypedValue("t", new byte[] {1, 2}).hashCode(), value.hashCode());
    }

    @Test
    void a_status_outside_a_byte_becomes_255() {
        assertEquals(255, Exit.of(1, 256, Instant.EPOCH).status());
        assertEquals(255, Exit.of(1, -1, Instant.EPOCH).status());
        assertEquals(42, Exit.of(1, 42, Instant.EPOCH).status());
    }

    @Test
    void a_deadline_is_positive_and_bounded() {
        assertInvalid(() -> Deadline.in(Duration.ZERO));
        assertInvalid(() -> Deadline.in(Duration.ofMillis(-1)));
        assertInvalid(() -> Deadline.in(Duration.ofHours(25)));
        assertInvalid(() -> Deadline.in(null));
        assertTrue(Deadline.in(Duration.ofHours(24)).remaining().toHours() >= 23);
    }

    @Test
    void a_deadline_that_is_over_says_so() {
        Deadline deadline = Deadline.in(Duration.ofNanos(1));
        while (!deadline.isOver()) {
            Thread.onSpinWait();
        }
        assertEquals(
                Kind.DEADLINE_EXCEEDED,
                assertThrows(DavitException.class, deadline::remaining).kind());
    }

    @Test
    void a_console_has_a_size() {
        assertInvalid(() -> new ConsoleSize(0, 1));
        assertInvalid(() -> new ConsoleSize(80, 65_536));
    }

    @Test
    void a_filter_accepts_what_it_names() {
        TaskEvent event = new TaskEvent.Paused(TaskId.of("t"), Instant.EPOCH);
        assertTrue(TaskEventFilter.ALL.accepts(event));
        assertTrue(TaskEventFilter.of(TaskId.of("t")).accepts(event));
        assertFalse(TaskEventFilter.of(TaskId.of("u")).accepts(event));
    }
}

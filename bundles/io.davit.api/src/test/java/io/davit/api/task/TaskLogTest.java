package io.davit.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logs as conmon and the shim write them. */
class TaskLogTest {
    private static final String AT = "2026-11-25T00:36:49.5+00:00 ";

    @TempDir Path bundle;
    private Path logs;

    @BeforeEach
    void make() throws IOException {
        logs = Files.createDirectory(bundle.resolve("logs"));
    }

    private void append(String name, String text) throws IOException {
        Files.writeString(
                logs.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> all(TaskLog log) {
        List<String> lines = new ArrayList<>();
        for (Optional<TaskLog.Line> next = log.next(); next.isPresent(); next = log.next()) {
            lines.add(new String(next.get().text(), StandardCharsets.UTF_8));
        }
        return lines;
    }

    @Test
    void a_line_has_a_time_a_stream_and_an_end() throws Exception {
        append("output", AT + "stdout F hello world\n" + AT + "stderr P part\n");
        try (TaskLog log = TaskLog.open(bundle)) {
            TaskLog.Line first = log.next().orElseThrow();
            assertEquals(Instant.parse("2026-11-25T00:36:49.500Z"), first.at());
            assertEquals("hello world", new String(first.text(), StandardCharsets.UTF_8));
            assertFalse(first.error());
            assertTrue(first.complete());
            TaskLog.Line second = log.next().orElseThrow();
            assertTrue(second.error());
            assertFalse(second.complete());
            assertEquals(Optional.empty(), log.next());
        }
    }

    @Test
    void a_reader_goes_on_while_lines_come_in_parts() throws Exception {
        append("output", AT + "stdout F one\n" + AT);
        try (TaskLog log = TaskLog.open(bundle)) {
            assertEquals(List.of("one"), all(log));
            append("output", "stdout F two\n");
            assertEquals(List.of("two"), all(log));
        }
    }

    @Test
    void a_reader_follows_the_files_through_their_names() throws Exception {
        append("output", AT + "stdout F one\n");
        Files.createLink(logs.resolve("output.kept"), logs.resolve("output"));
        try (TaskLog log = TaskLog.open(bundle)) {
            assertEquals(List.of("one"), all(log));
            append("output.kept", AT + "stdout F two\n");
            Files.delete(logs.resolve("output"));
            append("output", AT + "stdout F three\n");
            assertEquals(List.of("two", "three"), all(log));
            Files.move(logs.resolve("output.kept"), logs.resolve("output.1"));
            Files.createLink(logs.resolve("output.kept"), logs.resolve("output"));
            append("output", AT + "stdout F four\n");
            assertEquals(List.of("four"), all(log));
        }
        try (TaskLog again = TaskLog.open(bundle)) {
            assertEquals(List.of("one", "two", "three", "four"), all(again));
        }
    }

    @Test
    void malformed_and_endless_lines_are_left_out() throws Exception {
        append("output", "x\n\n" + AT + "stdout F good\n" + "y".repeat(200_000) + "\n");
        append("output", AT + "stdout F  two  spaces \n");
        try (TaskLog log = TaskLog.open(bundle)) {
            assertEquals(List.of("good", " two  spaces "), all(log));
        }
    }

    @Test
    void without_a_log_there_is_nothing_to_read() {
        DavitException e = assertThrows(DavitException.class, () -> TaskLog.open(bundle));
        assertEquals(Kind.NOT_FOUND, e.kind());
    }
}

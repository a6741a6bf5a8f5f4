package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;

/** Output of tasks on its way into files and out again. */
@Timeout(60)
class TaskLogsTest {
    private static final long DRAIN = 10_000;

    @TempDir Path bundle;
    private final TaskLogs logs = new TaskLogs();
    private final TaskId id = TaskId.of("t1");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Capture capture;
    private OutputStream taskOut;
    private OutputStream taskErr;

    @BeforeEach
    void begin() {
        logs.start();
        capture = logs.capture(id);
        Stdio stdio = capture.stdio(false);
        taskOut = ((Stdio.ToStream) stdio.stdout()).stream();
        taskErr = ((Stdio.ToStream) stdio.stderr()).stream();
        capture.place(bundle);
    }

    @AfterEach
    void end() {
        logs.stop();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String read() throws Exception {
        capture.drain(DRAIN);
        try (LogPrinter printer = new LogPrinter(bundle, out, err)) {
            printer.print();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void what_a_task_writes_comes_out_as_it_was() throws Exception {
        taskOut.write(bytes("one\ntwo"));
        taskErr.write(bytes("bad\n"));
        taskOut.write(bytes(" more\n\nlast"));
        assertEquals("one\ntwo more\n\nlast", read());
        assertEquals("bad\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void bytes_that_are_no_text_come_out_as_they_were() throws Exception {
        byte[] noise = new byte[1_000_000];
        new Random(3).nextBytes(noise);
        taskOut.write(noise);
        read();
        assertArrayEquals(noise, out.toByteArray());
    }

    @Test
    void the_files_are_private() throws Exception {
        taskOut.write('x');
        capture.drain(DRAIN);
        assertEquals("rwx------", mode(log().getParent()));
        assertEquals("rw-------", mode(log()));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_large_log_is_put_aside_once_and_then_forgotten() throws Exception {
        byte[] line = new byte[1 << 15];
        Arrays.fill(line, (byte) 'a');
        line[line.length - 1] = '\n';
        for (int i = 0; i < 1600; i++) {
            taskOut.write(line);
        }
        taskOut.write(bytes("end\n"));
        capture.drain(DRAIN);
        assertTrue(Files.size(log()) <= 16L << 20);
        assertTrue(Files.size(log().resolveSibling("output.1")) <= 16L << 20);
        String kept = read();
        assertTrue(kept.endsWith("end\n"));
        assertTrue(kept.length() > 16 << 20);
    }

    @Test
    void a_reader_goes_on_when_more_is_written_and_put_aside() throws Exception {
        try (LogPrinter printer = new LogPrinter(bundle, out, err)) {
            printer.print();
            taskOut.write(bytes("a\n"));
            capture.drain(DRAIN);
            printer.print();
            Files.move(log(), log().resolveSibling("output.1"));
            taskOut.write(bytes("b\n"));
            capture.drain(DRAIN);
            printer.print();
        }
        assertEquals("a\nb\n", out.toString(StandardCharsets.UTF_8));
    }

    private Path log() {
        return bundle.resolve("logs/output");
    }

    @Test
    void a_watcher_that_does_not_read_does_not_hold_up_the_task() throws Exception {
        capture.add(new CaptureWatch());
        byte[] much = new byte[1 << 15];
        for (int i = 0; i < 1000; i++) {
            taskOut.write(much);
        }
        capture.drain(DRAIN);
    }

    @Test
    void a_task_without_a_directory_any_more_is_not_held_up() throws Exception {
        capture.place(bundle.resolve("gone"));
        for (int i = 0; i < 100; i++) {
            taskOut.write(new byte[1 << 15]);
        }
        capture.drain(DRAIN);
        assertFalse(Files.exists(bundle.resolve("gone")));
    }
}

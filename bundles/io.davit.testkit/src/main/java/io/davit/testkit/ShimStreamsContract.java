package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.testkit.Guest.Act;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The part of the contract that is about standard streams. */
abstract class ShimStreamsContract extends ShimPluginBench {
    private static final int LARGE = 300_000;
    private static final long FLOOD = 8L << 20;

    @Test
    void input_is_read_to_its_end_and_output_comes_whole() throws Exception {
        String text = "x".repeat(LARGE);
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
        Collector out = new Collector();
        ContractTask task = start("t", Guest.of(Act.CAT), out.asOutput(in));
        assertEquals(0, task.await(INIT).status());
        until("all output", () -> out.count() >= LARGE);
        assertEquals(text, out.text());
        task.shim().delete(INIT, LONG);
    }

    @Test
    void output_and_errors_come_apart() throws Exception {
        Collector out = new Collector();
        Collector err = new Collector();
        ContractTask task = start("t", Guest.of(Act.SPEAK), Stdio.streams(null, out, err));
        assertEquals(0, task.await(INIT).status());
        until("all output", () -> out.count() >= 4 && err.count() >= 4);
        assertEquals("out\n", out.text());
        assertEquals("err\n", err.text());
        task.shim().delete(INIT, LONG);
    }

    @Test
    void nothing_of_much_output_is_lost() throws Exception {
        Collector out = new Collector();
        ContractTask task = start("t", Guest.of(Act.FLOOD, FLOOD), out.asOutput());
        assertEquals(0, task.await(INIT).status());
        until("all output", () -> out.count() >= FLOOD);
        assertEquals(FLOOD, out.count());
        task.shim().delete(INIT, LONG);
    }

    @Test
    void closed_input_ends_after_what_was_written() throws Exception {
        try (PipedOutputStream writer = new PipedOutputStream()) {
            Collector out = new Collector();
            ContractTask task =
                    start("t", Guest.of(Act.CAT), out.asOutput(new PipedInputStream(writer)));
            writer.write("hello".getBytes(StandardCharsets.US_ASCII));
            writer.flush();
            until("an echo", () -> out.text().equals("hello"));
            task.shim().closeStdin(INIT, LONG);
            assertEquals(0, task.await(INIT).status());
            assertEquals("hello", out.text());
            task.shim().delete(INIT, LONG);
        }
    }

    @Test
    void without_streams_input_is_at_its_end() throws Exception {
        ContractTask task = start("t", Guest.of(Act.CAT), Stdio.NONE);
        assertEquals(0, task.await(INIT).status());
        task.shim().delete(INIT, LONG);
    }

    @Test
    void output_is_appended_to_files() throws Exception {
        Path out = Files.writeString(directory().resolve("out"), "before\n");
        Path err = Files.writeString(directory().resolve("err"), "");
        Stdio files = Stdio.uris("", out.toString(), "file://" + err, false);
        ContractTask task = start("t", Guest.of(Act.SPEAK), files);
        assertEquals(0, task.await(INIT).status());
        until("all output", () -> read(out).endsWith("out\n") && read(err).equals("err\n"));
        assertEquals("before\nout\n", read(out));
        task.shim().delete(INIT, LONG);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("cannot read " + file, e);
        }
    }

    @Test
    void a_reader_that_stops_holds_up_neither_kill_nor_delete() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        OutputStream reader =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        stopped.countDown();
                        try {
                            goOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new IOException("interrupted", e);
                        }
                    }
                };
        try {
            Stdio stdio = Stdio.streams(null, reader, OutputStream.nullOutputStream());
            ContractTask task = start("t", Guest.of(Act.TICK), stdio);
            stopped.await();
            assertEquals(TaskState.RUNNING, task.state());
            task.shim().kill(INIT, Signal.KILL, KillScope.ALL, LONG);
            assertEquals(137, task.await(INIT).status());
            task.shim().delete(INIT, LONG);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void a_terminal_has_a_size_and_one_stream_for_both_outputs() throws Exception {
        if (!can(ShimAbility.TERMINAL)) {
            speaksIntoOneStreamOrIsRefused();
            return;
        }
        try (PipedOutputStream writer = new PipedOutputStream()) {
            Collector out = new Collector();
            ContractTask task = start("t", new Guest(Act.SIZE, 0, true), terminal(writer, out));
            for (ConsoleSize size : new ConsoleSize[] {size(81, 25), size(132, 43)}) {
                task.shim().resize(INIT, size, LONG);
                writer.write('\n');
                writer.flush();
                String answer = size.height() + " " + size.width() + "\r\n";
                until("the answer " + answer, () -> out.text().endsWith(answer));
            }
            task.end();
        }
    }

    private static ConsoleSize size(int width, int height) {
        return new ConsoleSize(width, height);
    }

    private static Stdio terminal(PipedOutputStream writer, OutputStream out) throws IOException {
        Stdio streams =
                Stdio.streams(new PipedInputStream(writer), out, OutputStream.nullOutputStream());
        return new Stdio(streams.stdin(), streams.stdout(), new Stdio.None(), true);
    }

    private void speaksIntoOneStreamOrIsRefused() throws Exception {
        Collector out = new Collector();
        ContractTask task = shim(bundle("t", new Guest(Act.SPEAK, 0, true)));
        try (PipedOutputStream writer = new PipedOutputStream()) {
            task.shim().create(request(terminal(writer, out)), LONG);
        } catch (DavitException e) {
            assertEquals(Kind.NOT_IMPLEMENTED, e.kind(), e::getMessage);
            return;
        }
        task.shim().start(INIT, LONG);
        task.shim().resize(INIT, size(80, 24), LONG);
        assertEquals(0, task.await(INIT).status());
        until("all output", () -> out.count() >= 8);
        assertTrue(out.text().contains("out") && out.text().contains("err"), out::text);
        task.shim().delete(INIT, LONG);
    }

    @Test
    void further_streams_are_attached_and_leave_without_harm() throws Exception {
        try (PipedOutputStream first = new PipedOutputStream();
                PipedOutputStream second = new PipedOutputStream()) {
            Collector out = new Collector();
            ContractTask task =
                    start("t", Guest.of(Act.CAT), out.asOutput(new PipedInputStream(first)));
            Collector more = new Collector();
            Stdio further = more.asOutput(new PipedInputStream(second));
            if (!can(ShimAbility.ATTACH)) {
                assertFails(Kind.NOT_IMPLEMENTED, () -> task.shim().attach(INIT, further, LONG));
                assertEquals(TaskState.RUNNING, task.state());
                task.end();
                return;
            }
            AutoCloseable attached = task.shim().attach(INIT, further, LONG);
            write(second, "second ");
            until("echo to both", () -> more.text().equals("second ") && out.count() == 7);
            attached.close();
            write(first, "first");
            until("echo to the first", () -> out.text().equals("second first"));
            assertEquals("second ", more.text());
            task.shim().closeStdin(INIT, LONG);
            assertEquals(0, task.await(INIT).status());
            assertFails(Kind.FAILED_PRECONDITION, () -> task.shim().attach(INIT, further, LONG));
            task.shim().delete(INIT, LONG);
        }
    }

    private static void write(OutputStream to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.US_ASCII));
        to.flush();
    }
}

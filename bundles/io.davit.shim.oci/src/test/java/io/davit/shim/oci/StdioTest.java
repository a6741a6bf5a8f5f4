package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.ExecTask;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.linux.Dir;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What a container reads and writes. */
class StdioTest extends OciTest {
    private static OutputStream none() {
        return new ByteArrayOutputStream();
    }

    private static void end(ShimInstance shim) {
        shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
    }

    private static Stdio terminal(InputStream in, OutputStream out) {
        return new Stdio(new Stdio.FromStream(in), new Stdio.ToStream(out), new Stdio.None(), true);
    }

    @Test
    void a_terminal_has_a_size_echoes_and_ends_with_its_input() throws Exception {
        PipedOutputStream keys = new PipedOutputStream();
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        TestContext context = host.bundle("t1", TestSpec.of("sh").terminal());
        ShimInstance shim = host.run(context, terminal(new PipedInputStream(keys), screen));
        shim.resize(INIT, new ConsoleSize(132, 43), LONG);
        keys.write("test -t 0 && echo is-$((1+1))-terminal; stty size\n".getBytes());
        keys.flush();
        until("answer", () -> screen.toString().contains("43 132"));
        assertTrue(screen.toString().contains("is-2-terminal"), screen.toString());
        keys.close();
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    @Test
    void an_exec_has_a_terminal_of_its_own() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("sleep", "1000")), Stdio.NONE);
        PipedOutputStream keys = new PipedOutputStream();
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        String json = TestSpec.process(true, List.of("sh"));
        Stdio stdio = terminal(new PipedInputStream(keys), screen);
        shim.exec(new ExecTask("e1", new OciProcess(json), stdio), LONG);
        shim.start("e1", LONG);
        shim.resize("e1", new ConsoleSize(77, 33), LONG);
        keys.write("stty size; exit 6\n".getBytes());
        keys.flush();
        assertEquals(6, shim.await("e1", LONG).orElseThrow().status());
        assertTrue(screen.toString().contains("33 77"), screen.toString());
        end(shim);
    }

    @Test
    void standard_input_is_closed_after_what_was_written() throws Exception {
        PipedOutputStream in = new PipedOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(
                        host.bundle("t1", TestSpec.of("cat")),
                        Stdio.streams(new PipedInputStream(in), out, none()));
        in.write("one".getBytes());
        in.flush();
        until("echo", () -> out.toString().equals("one"));
        in.write("two".getBytes());
        in.flush();
        shim.closeStdin(INIT, LONG);
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals("onetwo", out.toString());
        shim.closeStdin(INIT, LONG);
        shim.delete(INIT, LONG);
    }

    @Test
    void without_input_a_process_reads_the_end_at_once() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("cat")), Stdio.NONE);
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    /** A reader that has stopped, until it is let go. */
    private static final class Stopped extends OutputStream {
        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void a_reader_that_has_stopped_holds_up_its_task_and_nobody_else() throws Exception {
        Stopped stopped = new Stopped();
        ShimInstance blocked =
                host.run(
                        host.bundle("t1", TestSpec.of("yes")),
                        Stdio.streams(null, stopped, stopped));
        ShimInstance other = host.run(host.bundle("t2", TestSpec.of("true")), Stdio.NONE);
        assertEquals(0, other.await(INIT, LONG).orElseThrow().status());
        other.delete(INIT, LONG);
        assertEquals(Optional.empty(), blocked.await(INIT, Duration.ofMillis(20)));
        blocked.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        assertEquals(137, blocked.await(INIT, LONG).orElseThrow().status());
        blocked.delete(INIT, LONG);
    }

    @Test
    void a_stream_that_fails_is_dropped() throws Exception {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken");
                    }
                };
        ShimInstance shim =
                host.run(
                        host.bundle("t1", TestSpec.shell("seq 1 20000; exit 2")),
                        Stdio.streams(null, broken, none()));
        assertEquals(2, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    @Test
    void named_pipes_and_files_are_read_and_written() throws Exception {
        Path in = host.root.resolve("in");
        Path out = host.root.resolve("out");
        Path err = host.root.resolve("err");
        try (Dir dir = Dir.open(host.root)) {
            dir.makeFifo("in", 0600);
            dir.makeFifo("out", 0600);
        }
        Files.writeString(err, "before\n");
        Stdio stdio = Stdio.uris("fifo://" + in, out.toString(), "file://" + err, false);
        TestContext context = host.bundle("t1", TestSpec.shell("cat; echo problem >&2"));
        ShimInstance shim = host.run(context, stdio);
        try (OutputStream writer = Files.newOutputStream(in)) {
            writer.write("through pipes".getBytes());
        }
        byte[] got = new byte[13];
        try (InputStream reader = Files.newInputStream(out)) {
            assertEquals(13, reader.readNBytes(got, 0, 13));
        }
        assertEquals("through pipes", new String(got, StandardCharsets.US_ASCII));
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals("before\nproblem\n", Files.readString(err));
        shim.delete(INIT, LONG);
    }

    @Test
    void a_named_pipe_without_a_reader_holds_up_neither_start_nor_kill() throws Exception {
        Path out = host.root.resolve("out");
        try (Dir dir = Dir.open(host.root)) {
            dir.makeFifo("out", 0600);
        }
        Stdio stdio = Stdio.uris("", out.toString(), out.toString(), false);
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("yes")), stdio);
        end(shim);
    }

    @Test
    void a_directory_is_no_stream() throws Exception {
        Stdio stdio = Stdio.uris("", host.root.toString(), host.root.toString(), false);
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        ShimInstance shim = host.plugin.start(context, LONG);
        assertKind(Kind.PERMISSION_DENIED, () -> shim.create(TestHost.request(stdio), LONG));
    }

    @Test
    void further_streams_are_attached_and_leave_without_harm() throws Exception {
        PipedOutputStream in = new PipedOutputStream();
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(
                        host.bundle("t1", TestSpec.of("cat")),
                        Stdio.streams(new PipedInputStream(in), first, none()));
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        PipedOutputStream more = new PipedOutputStream();
        AutoCloseable attached =
                shim.attach(INIT, Stdio.streams(new PipedInputStream(more), second, none()), LONG);
        more.write("from the second".getBytes());
        more.flush();
        until("echo", () -> second.toString().equals("from the second"));
        until("echo", () -> first.toString().equals("from the second"));
        attached.close();
        in.write(", from the first".getBytes());
        in.flush();
        until("echo", () -> first.toString().equals("from the second, from the first"));
        in.close();
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        assertFalse(second.toString().contains("first"));
        assertKind(
                Kind.FAILED_PRECONDITION,
                () -> shim.attach(INIT, Stdio.streams(null, second, none()), LONG));
        shim.delete(INIT, LONG);
    }

    @Test
    void streams_go_on_while_the_plugin_is_replaced() throws Exception {
        PipedOutputStream in = new PipedOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TestContext context = host.bundle("t1", TestSpec.of("cat"));
        ShimInstance before =
                host.run(context, Stdio.streams(new PipedInputStream(in), out, none()));
        in.write("one ".getBytes());
        in.flush();
        until("echo", () -> out.toString().equals("one "));
        before.release(true, LONG);
        host.restart();
        in.write("two".getBytes());
        in.flush();
        until("echo", () -> out.toString().equals("one two"));
        ShimInstance after = host.plugin.recover(context, LONG);
        after.closeStdin(INIT, LONG);
        assertEquals(0, after.await(INIT, LONG).orElseThrow().status());
        after.delete(INIT, LONG);
    }
}

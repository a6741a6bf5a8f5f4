package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.linux.Dir;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/** Standard streams of processes in real shims. */
@Timeout(300)
@SuppressWarnings("try") // a pipe is closed to end a stream
class StreamsTest {
    private static final String INIT = ShimTask.INIT;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Counts and checks what is written, and keeps nothing. */
    private static final class Counting extends CheckedOutputStream {
        private long bytes;

        private Counting() {
            super(OutputStream.nullOutputStream(), new CRC32());
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            super.write(from, offset, length);
            bytes += length;
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void input_goes_in_to_its_end_and_both_outputs_come_out_apart(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.shell("cat; echo problem >&2"));
            byte[] input = "one\ntwo\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
            ShimInstance shim =
                    world.run(context, Stdio.streams(new ByteArrayInputStream(input), out, err));
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
            assertEquals(new String(input, StandardCharsets.UTF_8), out.toString());
            assertEquals("problem\n", err.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_hundred_megabytes_come_out_without_loss(Generation generation) throws Exception {
        long size = 100L << 20;
        try (World world = new World(generation.directory())) {
            TestContext context =
                    world.bundle("t1", Spec.shell("yes 0123456789abcde | head -c " + size));
            Counting counted = new Counting();
            ShimInstance shim =
                    world.run(
                            context, Stdio.streams(null, counted, OutputStream.nullOutputStream()));
            context.awaitExit(INIT);
            shim.delete(INIT, World.LONG);
            assertEquals(size, counted.bytes);
            assertEquals(expected(size), counted.getChecksum().getValue());
        }
    }

    private static long expected(long size) {
        CRC32 crc = new CRC32();
        byte[] line = "0123456789abcde\n".repeat(4096).getBytes(StandardCharsets.UTF_8);
        for (long left = size; left > 0; left -= line.length) {
            crc.update(line, 0, (int) Math.min(left, line.length));
        }
        return crc.getValue();
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void an_exec_has_streams_of_its_own(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            Stdio stdio = Stdio.streams(new ByteArrayInputStream("abc".getBytes()), out, err);
            shim.exec(LifecycleTest.exec("x", stdio, "/bin/wc", "-c"), World.LONG);
            shim.start("x", World.LONG);
            assertEquals(0, context.awaitExit("x").status());
            shim.delete("x", World.LONG);
            assertEquals("3\n", out.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_terminal_is_resized_and_ends_at_the_end_of_its_input(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory());
                PipedInputStream input = new PipedInputStream(1 << 16);
                PipedOutputStream keyboard = new PipedOutputStream(input)) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sh").withTerminal());
            Stdio stdio =
                    new Stdio(
                            new Stdio.FromStream(input),
                            new Stdio.ToStream(out),
                            new Stdio.None(),
                            true);
            ShimInstance shim = world.run(context, stdio);
            Await.until(() -> out.toString().contains("# ")); // it drops what is typed before
            shim.resize(INIT, new ConsoleSize(123, 45), World.LONG);
            keyboard.write("stty size; echo $((6 * 7))\n".getBytes());
            keyboard.flush();
            Await.until(() -> out.toString().contains("\n42\r\n"));
            assertTrue(out.toString().contains("45 123"), out::toString);
            shim.closeStdin(INIT, World.LONG);
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void streams_are_attached_and_detached_while_a_task_runs(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory());
                PipedInputStream input = new PipedInputStream();
                PipedOutputStream keyboard = new PipedOutputStream(input)) {
            TestContext context = world.bundle("t1", Spec.of("/bin/cat"));
            ByteArrayOutputStream second = new ByteArrayOutputStream();
            ShimInstance shim = world.run(context, Stdio.streams(input, out, err));
            Stdio attached =
                    Stdio.streams(new ByteArrayInputStream("hello\n".getBytes()), second, second);
            try (AutoCloseable attachment = shim.attach(INIT, attached, World.LONG)) {
                Await.until(() -> second.toString().equals("hello\n"));
                assertTrue(attachment != null);
            }
            keyboard.write("more\n".getBytes());
            keyboard.flush();
            Await.until(() -> out.toString().equals("hello\nmore\n"));
            assertEquals("hello\n", second.toString());
            keyboard.close();
            assertEquals(0, context.awaitExit(INIT).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void pipes_and_files_of_the_caller_are_used_as_they_are(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            Path file = Files.writeString(world.root.resolve("out"), "before\n");
            Path input = Files.writeString(world.root.resolve("in"), "input\n");
            TestContext context = world.bundle("t1", Spec.shell("cat; echo error >&2"));
            ShimInstance shim =
                    world.run(
                            context,
                            Stdio.uris(input.toString(), file.toString(), "file://" + file, false));
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
            List<String> lines = Files.readAllLines(file);
            assertEquals("before", lines.get(0));
            assertEquals(Set.of("before", "input", "error"), Set.copyOf(lines));
        }
    }

    @Test
    void a_pipe_without_a_reader_holds_up_the_task_and_nobody_else() throws Exception {
        try (World world = new World(Generation.INSTALLED.directory())) {
            try (Dir dir = Dir.open(world.root)) {
                dir.makeFifo("pipe", 0600);
            }
            String pipe = world.root.resolve("pipe").toString();
            TestContext context = world.bundle("t1", Spec.shell("yes"));
            ShimInstance shim = world.run(context, Stdio.uris(null, pipe, pipe, false));
            shim.kill(INIT, Signal.KILL, KillScope.PROCESS, World.LONG);
            assertEquals(137, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
        }
    }

    @Test
    void a_reader_that_stands_still_does_not_keep_a_task_from_being_deleted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        try (World world = new World(Generation.INSTALLED.directory())) {
            TestContext context = world.bundle("t1", Spec.shell("yes | head -c 1000000"));
            ShimInstance shim = world.run(context, Stdio.streams(null, stuck, stuck));
            shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
            assertEquals(137, context.awaitExit(INIT).status());
            assertEquals(137, shim.delete(INIT, World.LONG).status());
        }
        never.countDown();
    }

    @Test
    void a_stream_that_fails_is_dropped_and_the_task_goes_on() throws Exception {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("expected in this test");
                    }
                };
        try (World world = new World(Generation.INSTALLED.directory())) {
            TestContext context =
                    world.bundle("t1", Spec.shell("yes | head -c 1000000; echo done >&2"));
            ShimInstance shim = world.run(context, Stdio.streams(null, broken, err));
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
            assertEquals("done\n", err.toString());
        }
    }

    @Test
    void streams_that_are_not_what_they_should_be_are_refused() throws Exception {
        try (World world = new World(Generation.INSTALLED.directory())) {
            ShimInstance shim = world.start(world.bundle("t1", Spec.of("/bin/true")));
            assertEquals(Kind.NOT_FOUND, refusal(shim, world.root.resolve("nothing")));
            assertEquals(Kind.PERMISSION_DENIED, refusal(shim, world.root));
            Path link = world.root.resolve("link");
            Files.createSymbolicLink(link, Files.createFile(world.root.resolve("file")));
            assertEquals(Kind.PERMISSION_DENIED, refusal(shim, link));
            World.create(shim, Stdio.NONE);
            assertEquals(
                    Kind.FAILED_PRECONDITION,
                    assertThrows(
                                    DavitException.class,
                                    () ->
                                            shim.attach(
                                                    INIT,
                                                    Stdio.streams(null, out, err),
                                                    World.LONG))
                            .kind());
            assertEquals(Optional.empty(), shim.status(INIT, World.LONG).exit());
        }
    }

    private static Kind refusal(ShimInstance shim, Path path) {
        Stdio stdio = Stdio.uris(null, path.toString(), path.toString(), false);
        return assertThrows(DavitException.class, () -> World.create(shim, stdio)).kind();
    }
}

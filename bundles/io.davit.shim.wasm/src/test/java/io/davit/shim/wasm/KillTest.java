package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A task ends when it is killed, whatever it is doing. */
@Timeout(60)
class KillTest {
    @TempDir Path directory;
    private TaskBench bench;

    @BeforeEach
    void open() {
        bench = new TaskBench(directory, new TestConfig().with("compile_delay_millis", 1_000_000L));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static void kill(TaskBench.Running task) {
        task.shim().kill("", Signal.KILL, KillScope.PROCESS, TaskBench.LONG);
        Exit exit = task.await();
        assertEquals(137, exit.status());
        assertEquals(exit, task.told().exits().get(""));
        assertEquals(exit, task.shim().delete("", TaskBench.LONG));
        task.shim().close(TaskBench.LONG);
    }

    private Path fifo(String name) throws Exception {
        Path fifo = directory.resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        return fifo;
    }

    /** Starts a task whose output is read until a line says what it is about to do. */
    private TaskBench.Running startAndAwaitLine(String id, String... args) throws IOException {
        PipedOutputStream out = new PipedOutputStream();
        InputStream in = new PipedInputStream(out);
        TaskBench.Running task =
                bench.start(id, Stdio.streams(null, out, OutputStream.nullOutputStream()), args);
        while (in.read() != '\n') {
            Thread.onSpinWait();
        }
        return task;
    }

    @Test
    void while_it_spins_interpreted() throws IOException {
        kill(startAndAwaitLine("spin", "/task.wasm", "spin"));
    }

    @Test
    void while_it_spins_compiled() throws Exception {
        bench.close();
        bench = new TaskBench(directory, new TestConfig().with("compile_delay_millis", 0L));
        // Compiled from the cache of the first plugin in that directory, or while it spins.
        TaskBench.Running first = startAndAwaitLine("first", "/task.wasm", "spin");
        Path cache = directory.resolve("cache");
        while (!Files.exists(cache) || cache.toFile().list().length == 0) {
            Thread.sleep(5);
        }
        kill(first);
        bench.close();
        bench = new TaskBench(directory);
        kill(startAndAwaitLine("second", "/task.wasm", "spin"));
    }

    @Test
    void while_it_sleeps() throws IOException {
        kill(startAndAwaitLine("sleep", "/task.wasm", "sleep", "1000000"));
    }

    @Test
    void while_nobody_writes_its_input_fifo() throws Exception {
        Path in = fifo("in");
        kill(
                bench.start(
                        "t",
                        Stdio.uris(in.toString(), "/dev/null", "/dev/null", false),
                        "/task.wasm",
                        "cat"));
    }

    @Test
    void while_a_writer_of_its_input_says_nothing() throws Exception {
        Path in = fifo("in");
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.uris(in.toString(), "/dev/null", "/dev/null", false),
                        "/task.wasm",
                        "cat");
        try (OutputStream writer = Files.newOutputStream(in)) {
            writer.write(1);
            writer.flush();
            kill(task);
        }
    }

    @Test
    void while_it_reads_a_stream_that_never_answers() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        InputStream stuck =
                new InputStream() {
                    @Override
                    public int read() {
                        asked.countDown();
                        awaitStubbornly(end);
                        return -1;
                    }
                };
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.streams(
                                stuck,
                                OutputStream.nullOutputStream(),
                                OutputStream.nullOutputStream()),
                        "/task.wasm",
                        "cat");
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        kill(task);
        end.countDown();
    }

    private static void awaitStubbornly(CountDownLatch end) {
        boolean interrupted = false;
        while (end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void while_nobody_reads_its_output_fifo() throws Exception {
        Path out = fifo("out");
        kill(
                bench.start(
                        "t",
                        Stdio.uris("", out.toString(), "/dev/null", false),
                        "/task.wasm",
                        "flood"));
    }

    @Test
    void while_its_output_fifo_is_full() throws Exception {
        Path out = fifo("out");
        TaskBench.Running task =
                bench.start(
                        "t",
                        Stdio.uris("", out.toString(), "/dev/null", false),
                        "/task.wasm",
                        "flood");
        try (InputStream reader = Files.newInputStream(out)) {
            assertEquals('f', reader.read());
            kill(task);
        }
    }

    @Test
    void while_it_writes_a_stream_that_never_takes_anything() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        asked.countDown();
                        awaitStubbornly(end);
                    }
                };
        TaskBench.Running task =
                bench.start("t", Stdio.streams(null, stuck, stuck), "/task.wasm", "flood");
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        kill(task);
        end.countDown();
    }

    @Test
    void before_it_was_started() throws IOException {
        kill(bench.create("t", Stdio.NONE, "/task.wasm"));
    }

    @Test
    void while_it_is_halted() throws IOException {
        TaskBench.Running task = startAndAwaitLine("t", "/task.wasm", "spin");
        task.shim().pause(TaskBench.LONG);
        assertEquals(TaskState.PAUSED, task.shim().status("", TaskBench.LONG).state());
        kill(task);
    }

    @Test
    void while_it_waits_for_its_turn() throws IOException {
        bench.close();
        bench = new TaskBench(directory, new TestConfig().with("cpu_max", 1));
        TaskBench.Running one = startAndAwaitLine("one", "/task.wasm", "spin");
        TaskBench.Running two = startAndAwaitLine("two", "/task.wasm", "spin");
        TaskBench.Running three = startAndAwaitLine("three", "/task.wasm", "spin");
        kill(two);
        kill(one);
        kill(three);
    }

    @Test
    void with_a_status_that_names_the_signal() throws IOException {
        for (int signal : new int[] {1, 2, 10, 15, 34}) {
            TaskBench.Running task =
                    bench.start("t" + signal, Stdio.NONE, "/task.wasm", "sleep", "100000");
            task.shim().kill("", new Signal(signal), KillScope.ALL, TaskBench.LONG);
            assertEquals(128 + signal, task.await().status());
        }
    }

    @Test
    void but_not_by_signals_that_end_nothing() throws IOException {
        TaskBench.Running task = startAndAwaitLine("t", "/task.wasm", "sleep", "100000");
        for (int signal : new int[] {17, 18, 23, 28}) {
            task.shim().kill("", new Signal(signal), KillScope.PROCESS, TaskBench.LONG);
        }
        assertEquals(TaskState.RUNNING, task.shim().status("", TaskBench.LONG).state());
        task.shim().kill("", new Signal(19), KillScope.PROCESS, TaskBench.LONG);
        assertEquals(TaskState.PAUSED, task.shim().status("", TaskBench.LONG).state());
        task.shim().kill("", new Signal(18), KillScope.PROCESS, TaskBench.LONG);
        assertEquals(TaskState.RUNNING, task.shim().status("", TaskBench.LONG).state());
        assertTrue(task.shim().await("", Duration.ofMillis(1)).isEmpty());
        kill(task);
    }
}

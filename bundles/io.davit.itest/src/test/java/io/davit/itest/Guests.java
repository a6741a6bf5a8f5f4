package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * WebAssembly tasks for tests, from the modules among the test's resources. Uses the API alone, so
 * that these tests are not refreshed with the bundles they refresh.
 */
final class Guests {
    static final String RUNTIME = "io.davit.wasm.v1";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SPEC =
            """
            {"ociVersion": "1.2.0",
             "process": {"args": ["/%s.wasm"], "cwd": "/"},
             "root": {"path": "%s"}}
            """;

    private final Path directory;

    Guests(Path directory) {
        this.directory = directory;
    }

    /**
     * A task that runs, and the other ends of its streams.
     *
     * @param task the task
     * @param input its standard input; ending it ends a task made of {@code wait}
     * @param output what it has written
     */
    record Running(Task task, OpenInput input, ByteArrayOutputStream output) {
        /** Ends a task made of {@code wait} and returns its status. */
        int finish() {
            input.end();
            return awaitExit(task).status();
        }
    }

    /** Waits for a task to end. */
    static Exit awaitExit(Task task) {
        return task.await(PATIENCE)
                .orElseThrow(() -> new AssertionError("runs on: " + task.status()));
    }

    /** Removes what a failed test left. */
    static void removeAll(TaskManager tasks) {
        for (Task task : tasks.tasks(Namespace.DEFAULT)) {
            task.kill(Signal.KILL, KillScope.ALL, PATIENCE);
            awaitExit(task);
            tasks.delete(task.id(), PATIENCE);
        }
    }

    /** The request for a task that runs a module. */
    CreateTask request(String id, String module, Stdio stdio) throws IOException {
        Path root = directory.resolve(module);
        Path file = root.resolve(module + ".wasm");
        if (!Files.exists(file)) {
            Files.createDirectories(root);
            try (InputStream in = Guests.class.getResourceAsStream(module + ".wasm")) {
                Files.copy(in, file);
            }
        }
        String spec = SPEC.formatted(module, root);
        return CreateTask.builder(TaskId.of(id), RUNTIME, new OciSpec(spec)).stdio(stdio).build();
    }

    /** Starts a task and waits until it says that it is ready. */
    Running start(TaskManager tasks, String id, String module) throws Exception {
        OpenInput input = new OpenInput();
        ReadyOutput output = new ReadyOutput();
        Stdio stdio = Stdio.streams(input, output, OutputStream.nullOutputStream());
        Task task = tasks.create(request(id, module, stdio), PATIENCE);
        task.start(PATIENCE);
        output.awaitReady();
        return new Running(task, input, output);
    }

    /**
     * Gives nothing until it is ended. No pipe of the JDK: that remembers the thread that read from
     * it, and newer JDKs keep what a thread ran, so it would hold the plugin's classes.
     */
    static final class OpenInput extends InputStream {
        private final CountDownLatch ended = new CountDownLatch(1);

        void end() {
            ended.countDown();
        }

        @Override
        public int read() throws IOException {
            try {
                ended.await();
                return -1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading");
            }
        }
    }

    /** Remembers what is written and wakes who waits for the first line. */
    private static final class ReadyOutput extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            notifyAll();
        }

        synchronized void awaitReady() throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!toString(StandardCharsets.UTF_8).contains("ready\n")) {
                long left = (end - System.nanoTime()) / 1_000_000;
                assertTrue(left > 0, "the guest does not get ready");
                wait(left);
            }
        }
    }
}

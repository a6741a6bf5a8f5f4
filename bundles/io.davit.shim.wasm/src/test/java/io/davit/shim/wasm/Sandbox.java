package io.davit.shim.wasm;

import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs programs as tasks on a root filesystem of the test's own. */
final class Sandbox implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final WasmRuntime runtime;
    private final Path root;
    private final List<Mount> rootfs = new ArrayList<>();
    private final List<Mount> mounts = new ArrayList<>();
    private List<String> environment = List.of();
    private String cwd = "/";
    private long memory = -1;
    private InputStream input = new ByteArrayInputStream(new byte[0]);

    /** How a run ended and what it wrote. */
    record Result(Exit exit, String out, String error) {
        int status() {
            return exit.status();
        }

        List<String> lines() {
            return out.lines().toList();
        }
    }

    Sandbox(Path directory) throws IOException {
        this(directory, new TestConfig());
    }

    Sandbox(Path directory, TestConfig config) throws IOException {
        this(directory, config, true);
    }

    Sandbox(Path directory, TestConfig config, boolean descriptors) throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        runtime =
                WasmRuntime.of(
                        config.with("cache_dir", directory.resolve("cache").toString()).make(),
                        descriptors);
    }

    Path root() {
        return root;
    }

    WasmRuntime runtime() {
        return runtime;
    }

    /** Puts a C program into the root. */
    Sandbox with(String program) throws IOException {
        Files.copy(CProgram.module(program), root.resolve(program + ".wasm"));
        return this;
    }

    Sandbox mount(Mount mount) {
        mounts.add(mount);
        return this;
    }

    Sandbox bind(Path source, String target, String... options) {
        return mount(new Mount("bind", source.toString(), target, Arrays.asList(options)));
    }

    /** Makes the root filesystem of a mount, instead of the directory. */
    Sandbox rootMount(Mount mount) {
        rootfs.add(mount);
        return this;
    }

    Sandbox env(String... values) {
        environment = List.of(values);
        return this;
    }

    Sandbox cwd(String directory) {
        cwd = directory;
        return this;
    }

    Sandbox memory(long bytes) {
        memory = bytes;
        return this;
    }

    Sandbox input(String text) {
        return input(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    Sandbox input(InputStream stream) {
        input = stream;
        return this;
    }

    /** Makes a task without starting it. */
    WasmTask task(Stdio stdio, String... args) {
        GuestProgram program = new GuestProgram(List.of(args), environment, cwd);
        return new WasmTask(
                new TaskId(Namespace.DEFAULT, "t" + NUMBER.incrementAndGet()),
                runtime.engine(),
                new GuestSpec(program, root, false, mounts, memory),
                new CreateShimTask(rootfs, stdio, Optional.empty(), Optional.empty()),
                (process, exit, outOfMemory) -> {},
                LONG);
    }

    /** Runs a program of the root to its end. */
    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        Exit exit = run(out, error, args);
        return new Result(
                exit, out.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    }

    Exit run(OutputStream out, OutputStream error, String... args) {
        WasmTask task = task(Stdio.streams(input, out, error), args);
        try {
            task.init().start();
            return task.init().await(LONG).orElseThrow();
        } finally {
            task.end(Outcome.killed(Signals.KILL), Signals.KILL);
            task.close();
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}

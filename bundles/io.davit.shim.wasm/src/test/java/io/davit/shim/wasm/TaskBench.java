package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TypedValue;
import io.davit.oci.Json;
import io.davit.oci.SpecBuilder;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A plugin, and tasks of it with bundles on disk, as a shim manager drives them. */
final class TaskBench implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);

    private final Path directory;
    private final WasmShimPlugin plugin;

    /** What the plugin told of a task. */
    static final class Told implements ShimContext {
        private final OciBundle bundle;
        private final Map<String, Exit> exits = new ConcurrentHashMap<>();
        private volatile boolean outOfMemory;

        Told(OciBundle bundle) {
            this.bundle = bundle;
        }

        Map<String, Exit> exits() {
            return exits;
        }

        boolean toldOutOfMemory() {
            return outOfMemory;
        }

        @Override
        public OciBundle bundle() {
            return bundle;
        }

        @Override
        public String runtime() {
            return WasmShimPlugin.RUNTIME;
        }

        @Override
        public Optional<TypedValue> options() {
            return Optional.empty();
        }

        @Override
        public Optional<String> sandbox() {
            return Optional.empty();
        }

        @Override
        public void exited(String execId, Exit exit) {
            exits.put(execId, exit);
        }

        @Override
        public void outOfMemory() {
            outOfMemory = true;
        }

        @Override
        public void reachable(boolean reachable) {
            throw new AssertionError("a task in this JVM is always reachable");
        }
    }

    /** A task: its shim and what was told of it. */
    record Running(ShimInstance shim, Told told) {
        Exit await() {
            return await("");
        }

        Exit await(String execId) {
            return shim.await(execId, LONG).orElseThrow(() -> new AssertionError("does not end"));
        }

        void exec(String execId, String... args) {
            String json = Json.write(Map.of("args", List.of(args), "cwd", "/"));
            shim.exec(new ExecTask(execId, new OciProcess(json), Stdio.NONE), LONG);
        }
    }

    TaskBench(Path directory) {
        this(directory, new TestConfig());
    }

    TaskBench(Path directory, TestConfig config) {
        this.directory = directory;
        this.plugin =
                new WasmShimPlugin(
                        config.with("cache_dir", directory.resolve("cache").toString()).make());
    }

    WasmShimPlugin plugin() {
        return plugin;
    }

    /** Makes the bundle of a task that runs the program {@code task.c}. */
    Told bundle(String id, UnaryOperator<SpecBuilder> change, String... args) throws IOException {
        OciBundle bundle = new OciBundle(new TaskId(Namespace.DEFAULT, id), directory.resolve(id));
        Files.createDirectories(bundle.rootfs());
        Files.copy(CProgram.module("task"), bundle.rootfs().resolve("task.wasm"));
        SpecBuilder spec = SpecBuilder.wasm().args(List.of(args));
        Files.writeString(bundle.config(), change.apply(spec).build().json());
        return new Told(bundle);
    }

    Running create(String id, Stdio stdio, String... args) throws IOException {
        return create(id, stdio, spec -> spec, args);
    }

    Running create(String id, Stdio stdio, UnaryOperator<SpecBuilder> change, String... args)
            throws IOException {
        Told told = bundle(id, change, args);
        ShimInstance shim = plugin.start(told, LONG);
        try {
            shim.create(
                    new CreateShimTask(List.of(), stdio, Optional.empty(), Optional.empty()), LONG);
        } catch (DavitException e) {
            shim.close(LONG);
            throw e;
        }
        return new Running(shim, told);
    }

    Running start(String id, Stdio stdio, String... args) throws IOException {
        Running made = create(id, stdio, args);
        made.shim.start("", LONG);
        return made;
    }

    @Override
    public void close() {
        plugin.close();
    }
}

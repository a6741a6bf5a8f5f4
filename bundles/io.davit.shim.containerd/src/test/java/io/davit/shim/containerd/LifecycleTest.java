package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciResources;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.TypedValue;
import io.davit.api.task.UpdateTask;
import io.davit.oci.Json;
import io.davit.shim.containerd.wire.Runc;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a task does in real shims, from its creation to its end. */
@Timeout(300)
class LifecycleTest {
    private static final String INIT = ShimTask.INIT;

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_task_is_created_started_ends_with_its_code_and_is_deleted(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.shell("exit 7"));
            ShimInstance shim = world.start(context);
            long pid = World.create(shim, Stdio.NONE);
            assertTrue(pid > 1);
            assertEquals(TaskState.CREATED, shim.status(INIT, World.LONG).state());
            assertEquals(pid, shim.start(INIT, World.LONG));
            Exit exit = context.awaitExit(INIT);
            assertEquals(7, exit.status());
            assertEquals(pid, exit.pid());
            assertEquals(Optional.empty(), exit.reason());
            assertEquals(Optional.of(exit), shim.await(INIT, World.LONG));
            assertEquals(TaskState.STOPPED, shim.status(INIT, World.LONG).state());
            assertEquals(exit, shim.delete(INIT, World.LONG));
            refused(Kind.NOT_FOUND, () -> shim.delete(INIT, World.LONG));
            shim.close(World.LONG);
            shim.close(World.LONG);
            assertEquals(1, context.exits.size());
            assertEquals(List.of(), context.reachable);
            assertEquals(List.of(), world.processes());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void states_forbid_what_they_forbid_and_ids_can_be_used_again(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.start(context);
            refused(Kind.NOT_FOUND, () -> shim.status(INIT, World.LONG));
            World.create(shim, Stdio.NONE);
            refused(Kind.ALREADY_EXISTS, () -> World.create(shim, Stdio.NONE));
            shim.start(INIT, World.LONG);
            refused(Kind.FAILED_PRECONDITION, () -> shim.start(INIT, World.LONG));
            refused(Kind.FAILED_PRECONDITION, () -> shim.delete(INIT, World.LONG));
            refused(Kind.NOT_FOUND, () -> shim.start("nobody", World.LONG));
            refused(
                    Kind.NOT_FOUND,
                    () -> shim.kill("nobody", Signal.TERM, KillScope.PROCESS, World.LONG));
            assertEquals(Optional.empty(), shim.await(INIT, Duration.ofMillis(10)));
            shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
            assertEquals(137, context.awaitExit(INIT).status());
            shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
            shim.delete(INIT, World.LONG);
            shim.close(World.LONG);
            world.removed(context);
            TestContext again = world.bundle("t1", Spec.of("/bin/true"));
            world.run(again, Stdio.NONE);
            assertEquals(0, again.awaitExit(INIT).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_program_that_is_missing_or_no_program_is_refused_as_that(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            ShimInstance missing = world.start(world.bundle("t1", Spec.of("/no/such")));
            refused(Kind.NOT_FOUND, () -> World.create(missing, Stdio.NONE));
            missing.close(World.LONG);
            ShimInstance directory = world.start(world.bundle("t2", Spec.of("/tmp")));
            refused(Kind.FAILED_PRECONDITION, () -> World.create(directory, Stdio.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_task_that_was_never_started_is_deleted_with_status_0(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            ShimInstance shim = world.start(world.bundle("t1", Spec.of("/bin/true")));
            World.create(shim, Stdio.NONE);
            assertEquals(0, shim.delete(INIT, World.LONG).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void further_processes_run_and_end_beside_the_first(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            shim.exec(exec("one", "exit 3"), World.LONG);
            refused(Kind.ALREADY_EXISTS, () -> shim.exec(exec("one", "true"), World.LONG));
            assertEquals(TaskState.CREATED, shim.status("one", World.LONG).state());
            long pid = shim.start("one", World.LONG);
            assertTrue(pid > 1);
            assertEquals(3, context.awaitExit("one").status());
            assertEquals(3, shim.delete("one", World.LONG).status());
            shim.exec(exec("two", "sleep 1000"), World.LONG);
            shim.start("two", World.LONG);
            List<ProcessInfo> inside = shim.processes(World.LONG);
            assertTrue(inside.stream().anyMatch(p -> p.execId().equals("two")), inside::toString);
            shim.kill("two", Signal.KILL, KillScope.PROCESS, World.LONG);
            assertEquals(137, context.awaitExit("two").status());
            shim.delete("two", World.LONG);
            shim.exec(exec("three", "true"), World.LONG);
            assertEquals(0, shim.delete("three", World.LONG).status());
            assertEquals(2, context.exits.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_task_is_halted_measured_and_limited(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            shim.pause(World.LONG);
            assertEquals(TaskState.PAUSED, shim.status(INIT, World.LONG).state());
            refused(Kind.FAILED_PRECONDITION, () -> shim.exec(exec("x", "true"), World.LONG));
            shim.resume(World.LONG);
            assertEquals(TaskState.RUNNING, shim.status(INIT, World.LONG).state());
            String limits = Json.write(Map.of("memory", Map.of("limit", 32 << 20)));
            shim.update(new UpdateTask(new OciResources(limits), Map.of()), World.LONG);
            TaskMetrics measured = shim.metrics(World.LONG);
            assertEquals(32 << 20, measured.memoryLimitBytes());
            assertTrue(measured.memoryBytes() > 0);
            assertTrue(measured.cpuNanos() > 0);
            assertEquals(1, measured.pids());
            assertTrue(measured.raw().orElseThrow().typeUrl().startsWith("io.containerd.cgroups"));
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_task_without_memory_is_killed_and_that_is_told(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            Map<String, Object> limits = Map.of("memory", Map.of("limit", 20 << 20));
            TestContext context =
                    world.bundle("t1", Spec.of("/bin/tail", "/dev/zero").limited(limits));
            ShimInstance shim = world.run(context, Stdio.NONE);
            Exit exit = context.awaitExit(INIT);
            assertEquals(137, exit.status());
            assertEquals(Optional.of(Exit.OOM), exit.reason());
            Await.until(() -> context.outOfMemory.get() > 0);
            assertTrue(shim.metrics(World.LONG).oomKills() != 0);
            Await.until(() -> world.host.events().accepted() >= 3); // created, started, ended
            assertEquals(0, world.host.events().dropped());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void mounts_make_up_the_root_filesystem(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            Path upper = Files.createDirectory(world.root.resolve("upper"));
            Path work = Files.createDirectory(world.root.resolve("work"));
            TestContext context =
                    world.bundle("t1", Spec.shell("echo written >/file").at("rootfs"));
            ShimInstance shim = world.start(context);
            Mount overlay =
                    Mount.of(
                            "overlay",
                            "overlay",
                            "lowerdir=" + world.rootfs,
                            "upperdir=" + upper,
                            "workdir=" + work);
            shim.create(
                    new CreateShimTask(
                            List.of(overlay), Stdio.NONE, Optional.empty(), Optional.empty()),
                    World.LONG);
            shim.start(INIT, World.LONG);
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
            assertEquals("written\n", Files.readString(upper.resolve("file")));
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void options_choose_the_oci_runtime(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            Path runtime = world.root.resolve("my-runc");
            Path used = world.root.resolve("used");
            Files.writeString(
                    runtime, "#!/bin/sh\necho x >>" + used + "\nexec /usr/sbin/runc \"$@\"\n");
            runtime.toFile().setExecutable(true);
            byte[] options =
                    Runc.Options.newBuilder()
                            .setBinaryName(runtime.toString())
                            .build()
                            .toByteArray();
            TestContext context =
                    world.bundle(
                            "t1",
                            Spec.of("/bin/true"),
                            Optional.of(new TypedValue("containerd.runc.v1.Options", options)),
                            Optional.empty());
            ShimInstance shim = world.run(context, Stdio.NONE);
            assertEquals(0, context.awaitExit(INIT).status());
            shim.delete(INIT, World.LONG);
            shim.close(World.LONG);
            assertTrue(Files.exists(used));
        }
    }

    /** As if containerd itself, or another Davit, ran a container of the same name. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_container_of_the_same_name_elsewhere_is_not_touched(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            Path state = Path.of("/run/containerd/runc").resolve(world.namespace.name());
            try (Neighbour neighbour = Neighbour.start(world, state, "t1")) {
                TestContext failing = world.bundle("t1", Spec.of("/no/such/program"));
                ShimInstance shim = world.start(failing);
                assertThrows(DavitException.class, () -> World.create(shim, Stdio.NONE));
                shim.close(World.LONG);
                assertTrue(neighbour.isRunning());
                world.removed(failing);
                TestContext left = world.bundle("t1", Spec.of("/bin/true"));
                world.start(left);
                world.restart();
                world.plugin.cleanUp(left, World.LONG);
                assertTrue(neighbour.isRunning());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_creation_that_fails_leaves_nothing(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/no/such/program"));
            ShimInstance shim = world.start(context);
            DavitException thrown =
                    assertThrows(DavitException.class, () -> World.create(shim, Stdio.NONE));
            assertTrue(thrown.getMessage().contains("/no/such/program"), thrown::getMessage);
            shim.close(World.LONG);
            assertEquals(List.of(), world.processes());
            assertEquals(List.of(), context.exits);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void closing_a_shim_ends_its_task(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            shim.exec(exec("x", "sleep 1000"), World.LONG);
            shim.start("x", World.LONG);
            shim.close(World.LONG);
            assertEquals(List.of(), world.processes());
            assertFalse(world.host.find(context.bundle().id()).isPresent());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void many_tasks_live_at_once(Generation generation) throws Exception {
        int count = generation == Generation.INSTALLED ? Integer.getInteger("davit.tasks", 20) : 5;
        try (World world = new World(generation.directory())) {
            List<CompletableFuture<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                TestContext context = world.bundle("t" + i, Spec.shell("exit " + i));
                tasks.add(CompletableFuture.supplyAsync(() -> live(world, context)));
            }
            for (int i = 0; i < count; i++) {
                assertEquals(i, tasks.get(i).get());
            }
        }
    }

    private static int live(World world, TestContext context) {
        ShimInstance shim = world.run(context, Stdio.NONE);
        context.awaitExit(INIT);
        int status = shim.delete(INIT, World.LONG).status();
        shim.close(World.LONG);
        return status;
    }

    static ExecTask exec(String id, String line) {
        return exec(id, Stdio.NONE, "/bin/sh", "-c", line);
    }

    static ExecTask exec(String id, Stdio stdio, String... args) {
        String process = Json.write(Spec.process(stdio.terminal(), List.of(args)));
        return new ExecTask(id, new OciProcess(process), stdio);
    }

    private static void refused(Kind kind, Executable call) {
        assertEquals(kind, assertThrows(DavitException.class, call).kind());
    }
}

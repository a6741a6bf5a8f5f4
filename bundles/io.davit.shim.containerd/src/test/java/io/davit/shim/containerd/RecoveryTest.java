package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Shims that outlive the plugin, and what becomes of half-made ones. */
@Timeout(300)
class RecoveryTest {
    private static final String INIT = ShimTask.INIT;

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_running_task_is_found_again_with_its_processes(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            shim.exec(LifecycleTest.exec("x", "sleep 1000"), World.LONG);
            shim.start("x", World.LONG);
            long pid = shim.status(INIT, World.LONG).pid();
            shim.release(true, World.LONG);
            world.restart();
            TestContext next = context.again();
            ShimInstance found = world.plugin.recover(next, World.LONG);
            assertEquals(TaskState.RUNNING, found.status(INIT, World.LONG).state());
            assertEquals(pid, found.status(INIT, World.LONG).pid());
            found.kill("x", Signal.KILL, KillScope.PROCESS, World.LONG);
            assertEquals(137, next.awaitExit("x").status());
            found.delete("x", World.LONG);
            found.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
            assertEquals(137, next.awaitExit(INIT).status());
            assertEquals(137, found.delete(INIT, World.LONG).status());
            found.close(World.LONG);
            assertEquals(List.of(), context.exits);
            assertEquals(2, next.exits.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void an_exit_that_nobody_saw_is_told_with_its_code(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.shell("read x; exit 7"));
            Stdio stdio =
                    Stdio.streams(
                            new ByteArrayInputStream("go\n".getBytes()),
                            OutputStream.nullOutputStream(),
                            OutputStream.nullOutputStream());
            ShimInstance shim = world.start(context);
            long pid = World.create(shim, stdio);
            HostProcess init = HostProcess.of(pid).orElseThrow();
            shim.start(INIT, World.LONG);
            shim.release(true, World.LONG);
            world.leave();
            init.awaitEnd(World.LONG);
            world.open();
            TestContext next = context.again();
            ShimInstance found = world.plugin.recover(next, World.LONG);
            Exit exit = next.awaitExit(INIT);
            assertEquals(7, exit.status());
            assertEquals(pid, exit.pid());
            assertEquals(7, found.delete(INIT, World.LONG).status());
            assertEquals(1, next.exits.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_created_task_can_be_started_by_a_successor(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.shell("exit 5"));
            ShimInstance shim = world.start(context);
            World.create(shim, Stdio.NONE);
            shim.release(true, World.LONG);
            world.restart();
            TestContext next = context.again();
            ShimInstance found = world.plugin.recover(next, World.LONG);
            assertEquals(TaskState.CREATED, found.status(INIT, World.LONG).state());
            found.start(INIT, World.LONG);
            assertEquals(5, next.awaitExit(INIT).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void output_flows_on_after_a_restart_to_whoever_attaches(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context =
                    world.bundle("t1", Spec.shell("while true; do yes | head -c 99999; done"));
            OutputStream nowhere = OutputStream.nullOutputStream();
            ShimInstance shim = world.run(context, Stdio.streams(null, nowhere, nowhere));
            shim.release(true, World.LONG);
            world.restart();
            ShimInstance found = world.plugin.recover(context.again(), World.LONG);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (AutoCloseable attachment =
                    found.attach(INIT, Stdio.streams(null, out, nowhere), World.LONG)) {
                Await.until(() -> out.size() > 1 << 20);
                assertTrue(attachment != null);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_shim_that_died_meanwhile_is_proven_dead_and_cleared_away(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            ShimRecord record =
                    ShimRecord.read(new BundleFiles(context.bundle().path())).orElseThrow();
            shim.release(true, World.LONG);
            world.leave();
            record.shim().orElseThrow().kill(World.LONG);
            world.open();
            TestContext next = context.again();
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(DavitException.class, () -> world.plugin.recover(next, World.LONG))
                            .kind());
            assertTrue(record.init().orElseThrow().isAlive());
            Optional<Exit> exit = world.plugin.cleanUp(next, World.LONG);
            assertEquals(137, exit.orElseThrow().status());
            assertFalse(record.init().orElseThrow().isAlive());
            world.plugin.cleanUp(next, World.LONG);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_shim_without_its_task_is_cleared_away(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.start(context);
            shim.release(true, World.LONG);
            world.restart();
            TestContext next = context.again();
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(DavitException.class, () -> world.plugin.recover(next, World.LONG))
                            .kind());
            world.plugin.cleanUp(next, World.LONG);
            assertEquals(List.of(), world.processes());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_start_that_was_cut_short_is_undone(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.start(context);
            shim.release(true, World.LONG);
            world.leave();
            // As it is when the JVM ends between the shim's answer and the record of it.
            Files.delete(context.bundle().path().resolve(BundleFiles.BOOTSTRAP));
            Files.deleteIfExists(context.bundle().path().resolve(BundleFiles.ADDRESS));
            world.open();
            TestContext next = context.again();
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(DavitException.class, () -> world.plugin.recover(next, World.LONG))
                            .kind());
            world.plugin.cleanUp(next, World.LONG);
            assertEquals(List.of(), world.processes());
            world.removed(context);
            TestContext again = world.bundle("t1", Spec.of("/bin/true"));
            world.run(again, Stdio.NONE);
            assertEquals(0, again.awaitExit(INIT).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_bundle_no_shim_was_started_for_is_not_found(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/true"));
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(
                                    DavitException.class,
                                    () -> world.plugin.recover(context, World.LONG))
                            .kind());
            assertEquals(Optional.empty(), world.plugin.cleanUp(context, World.LONG));
        }
    }
}

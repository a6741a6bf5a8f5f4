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
import io.davit.linux.PidFd;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Shims that die, or do not answer, under a task. */
@Timeout(300)
class DeadShimTest {
    private static final String INIT = ShimTask.INIT;
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final Duration SHORT = Duration.ofMillis(500);

    @ParameterizedTest
    @EnumSource(Generation.class)
    void the_task_of_a_killed_shim_ends_and_that_is_told_once(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            shim.exec(LifecycleTest.exec("x", "sleep 1000"), World.LONG);
            shim.start("x", World.LONG);
            signal(world, context, SIGKILL);
            Exit exit = context.awaitExit(INIT);
            assertEquals(137, exit.status());
            assertEquals(Optional.of(Exit.SHIM_LOST), exit.reason());
            assertEquals(Optional.of(Exit.SHIM_LOST), context.awaitExit("x").reason());
            assertEquals(TaskState.STOPPED, shim.status(INIT, World.LONG).state());
            shim.kill(INIT, Signal.TERM, KillScope.PROCESS, World.LONG);
            assertEquals(
                    Kind.UNAVAILABLE,
                    assertThrows(DavitException.class, () -> shim.pause(World.LONG)).kind());
            assertEquals(exit, shim.delete(INIT, World.LONG));
            shim.close(World.LONG);
            assertEquals(2, context.exits.size());
            assertEquals(List.of(), world.processes());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_shim_killed_before_its_task_was_created_leaves_nothing(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.start(context);
            signal(world, context, SIGKILL);
            Await.until(() -> context.reachable.contains(true));
            assertEquals(
                    Kind.UNAVAILABLE,
                    assertThrows(DavitException.class, () -> World.create(shim, Stdio.NONE))
                            .kind());
            shim.close(World.LONG);
            assertEquals(List.of(), context.exits);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void the_container_goes_even_if_the_binary_has_gone(Generation generation) throws Exception {
        Path copies = Files.createTempDirectory("davit-shim-bin");
        try (World world = new World(copies)) {
            Path binary = copies.resolve(Generation.BINARY);
            Files.copy(generation.directory().resolve(Generation.BINARY), binary);
            binary.toFile().setExecutable(true);
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            world.run(context, Stdio.NONE);
            Files.delete(binary);
            signal(world, context, SIGKILL);
            assertEquals(137, context.awaitExit(INIT).status());
        } finally {
            World.delete(copies);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_stopped_shim_is_unreachable_and_its_task_lives(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            signal(world, context, SIGSTOP);
            try {
                assertEquals(
                        Kind.DEADLINE_EXCEEDED,
                        assertThrows(DavitException.class, () -> shim.status(INIT, SHORT)).kind());
                Await.until(() -> context.reachable.contains(false));
                assertTrue(init(world, context).isAlive());
            } finally {
                signal(world, context, SIGCONT);
            }
            Await.until(() -> context.reachable.contains(true));
            assertEquals(TaskState.RUNNING, shim.status(INIT, World.LONG).state());
            assertEquals(List.of(), context.exits);
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_kill_ends_the_task_of_a_stopped_shim(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            HostProcess init = init(world, context);
            signal(world, context, SIGSTOP);
            shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
            assertFalse(init.isAlive());
            assertEquals(Optional.of(Exit.SHIM_LOST), context.awaitExit(INIT).reason());
            assertEquals(137, shim.delete(INIT, World.LONG).status());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void closing_a_stopped_shim_removes_it_with_its_task(Generation generation) throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            signal(world, context, SIGSTOP);
            shim.close(World.LONG);
            assertEquals(List.of(), world.processes());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_stopped_shim_is_found_again_after_a_restart_once_it_answers(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
            ShimInstance shim = world.run(context, Stdio.NONE);
            HostProcess init = init(world, context);
            signal(world, context, SIGSTOP);
            shim.release(true, World.LONG);
            world.restart();
            TestContext next = context.again();
            try {
                assertEquals(
                        Kind.UNAVAILABLE,
                        assertThrows(DavitException.class, () -> world.plugin.recover(next, SHORT))
                                .kind());
                assertTrue(init.isAlive());
            } finally {
                signal(world, context, SIGCONT);
            }
            ShimInstance found = world.plugin.recover(next, World.LONG);
            assertEquals(init.pid(), found.status(INIT, World.LONG).pid());
            assertTrue(init.isAlive());
            assertEquals(List.of(), next.exits);
        }
    }

    private static HostProcess init(World world, TestContext context) throws Exception {
        return record(world, context).init().orElseThrow();
    }

    private static ShimRecord record(World world, TestContext context) throws Exception {
        return ShimRecord.read(new BundleFiles(context.bundle().path())).orElseThrow();
    }

    private static void signal(World world, TestContext context, int signal) throws Exception {
        HostProcess shim = record(world, context).shim().orElseThrow();
        try (PidFd held = PidFd.open(shim.pid(), shim.startTime()).orElseThrow()) {
            held.signal(signal);
        }
        if (signal == SIGSTOP) {
            Await.until(() -> isStopped(shim.pid()));
        }
    }

    /** Says whether every thread of a process stands still. */
    private static boolean isStopped(int pid) {
        Path tasks = Path.of("/proc", Integer.toString(pid), "task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"));
                if (!stat.substring(stat.lastIndexOf(')')).startsWith(") T")) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

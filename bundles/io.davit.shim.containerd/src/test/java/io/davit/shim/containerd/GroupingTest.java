package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.linux.LinuxException;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Optional;

/** Several tasks in one shim. */
@Timeout(300)
class GroupingTest {
    private static final String INIT = ShimTask.INIT;
    private static final String GROUP = "io.containerd.runc.v2.group";
    private static final Spec SLEEPER = Spec.of("/bin/sleep", "1000");

    @ParameterizedTest
    @EnumSource(Generation.class)
    void tasks_of_a_group_share_a_shim_that_ends_with_the_last(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext first = world.bundle("t1", SLEEPER.annotated(GROUP, "g"));
            TestContext second = world.bundle("t2", SLEEPER.annotated(GROUP, "g"));
            ShimInstance one = world.run(first, Stdio.NONE);
            ShimInstance two = world.run(second, Stdio.NONE);
            HostProcess shim = shim(first);
            assertEquals(shim, shim(second));
            end(one, first);
            assertEquals(TaskState.RUNNING, two.status(INIT, World.LONG).state());
            assertEquals(List.of(), second.exits);
            end(two, second);
            assertFalse(shim.isAlive());
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void every_task_of_a_group_ends_when_its_shim_is_killed(Generation generation)
            throws Exception {
        try (World world = new World(generation.directory())) {
            TestContext first = world.bundle("t1", SLEEPER.annotated(GROUP, "g"));
            TestContext second = world.bundle("t2", SLEEPER.annotated(GROUP, "g"));
            world.run(first, Stdio.NONE);
            world.run(second, Stdio.NONE);
            shim(first).kill(World.LONG);
            assertEquals(137, first.awaitExit(INIT).status());
            assertEquals(137, second.awaitExit(INIT).status());
        }
    }

    @Test
    void a_task_joins_the_shim_of_a_sandbox() throws Exception {
        try (World world = new World(Generation.FORKY.directory())) {
            TestContext sandbox = world.bundle("t1", SLEEPER);
            ShimInstance one = world.run(sandbox, Stdio.NONE);
            TestContext joined = world.bundle("t2", SLEEPER, Optional.empty(), Optional.of("t1"));
            ShimInstance two = world.run(joined, Stdio.NONE);
            assertEquals(shim(sandbox), shim(joined));
            end(two, joined);
            assertEquals(TaskState.RUNNING, one.status(INIT, World.LONG).state());
            two =
                    world.run(
                            world.bundle("t3", SLEEPER, Optional.empty(), Optional.of("t1")),
                            Stdio.NONE);
            shim(sandbox).kill(World.LONG);
            assertEquals(137, sandbox.awaitExit(INIT).status());
        }
    }

    @Test
    void a_sandbox_of_an_older_shim_gets_a_shim_beside_it() throws Exception {
        try (World world = new World(Generation.INSTALLED.directory())) {
            world.run(world.bundle("t1", SLEEPER), Stdio.NONE);
            TestContext joined =
                    world.bundle("t2", Spec.shell("exit 4"), Optional.empty(), Optional.of("t1"));
            world.run(joined, Stdio.NONE);
            assertEquals(4, joined.awaitExit(INIT).status());
        }
    }

    @Test
    void a_sandbox_that_is_not_there_is_not_found() throws Exception {
        try (World world = new World(Generation.INSTALLED.directory())) {
            TestContext context =
                    world.bundle("t2", SLEEPER, Optional.empty(), Optional.of("nobody"));
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(DavitException.class, () -> world.start(context)).kind());
        }
    }

    private static void end(ShimInstance shim, TestContext context) {
        shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
        context.awaitExit(INIT);
        shim.delete(INIT, World.LONG);
        shim.close(World.LONG);
    }

    private static HostProcess shim(TestContext context) throws LinuxException {
        return ShimRecord.read(new BundleFiles(context.bundle().path()))
                .orElseThrow()
                .shim()
                .orElseThrow();
    }
}

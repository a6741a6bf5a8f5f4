package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciResources;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Halting, limiting and measuring a running container. */
class ControlTest extends OciTest {
    private static final String LIMITED =
            "{\"memory\":{\"limit\":33554432},\"pids\":{\"limit\":20}}";

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_halted_task_stands_still_until_it_is_resumed(String runtime) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(
                        host.bundle("t1", TestSpec.shell("while :; do echo x; done"), runtime),
                        Stdio.streams(null, out, new ByteArrayOutputStream()));
        until("output", () -> out.size() > 0);
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.resume(LONG));
        shim.pause(LONG);
        assertEquals(TaskState.PAUSED, shim.status(INIT, LONG).state());
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.pause(LONG));
        assertEquals(
                Optional.empty(), shim.await(INIT, Duration.ofMillis(50)), "ended while halted");
        shim.resume(LONG);
        assertEquals(TaskState.RUNNING, shim.status(INIT, LONG).state());
        shim.pause(LONG);
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        assertEquals(137, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    @Test
    void all_processes_are_signalled() throws Exception {
        String script =
                "trap 'exit 4' TERM; (trap 'exit 5' TERM; while :; do sleep 1; done) & "
                        + "echo ready; while :; do sleep 1; done";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(
                        host.bundle("t1", TestSpec.shell(script)),
                        Stdio.streams(null, out, new ByteArrayOutputStream()));
        until("output", () -> out.size() > 0);
        shim.kill(INIT, Signal.TERM, KillScope.ALL, LONG);
        assertEquals(4, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    @Test
    void processes_that_outlive_init_in_the_namespace_of_the_host_are_killed_at_delete()
            throws Exception {
        TestSpec spec = TestSpec.shell("sleep 1000 & exit 0").without("pid");
        ShimInstance shim = host.run(host.bundle("t1", spec), Stdio.NONE);
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
        assertEquals(java.util.List.of(), host.cgroups());
    }

    @Test
    void a_task_is_measured() throws Exception {
        TestSpec spec = TestSpec.of("sleep", "1000").resources(LIMITED);
        ShimInstance shim = host.run(host.bundle("t1", spec), Stdio.NONE);
        TaskMetrics metrics = shim.metrics(LONG);
        assertTrue(metrics.memoryBytes() > 0, metrics.toString());
        assertEquals(33554432, metrics.memoryLimitBytes());
        assertTrue(metrics.cpuNanos() > 0, metrics.toString());
        assertEquals(1, metrics.pids());
        assertEquals(20, metrics.values().get("pids.limit"));
        assertEquals(0, metrics.oomKills());
        assertTrue(metrics.values().containsKey("io.read.bytes"), metrics.toString());
        assertTrue(metrics.values().containsKey("cpu.user.nanos"), metrics.toString());
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        shim.await(INIT, LONG).orElseThrow();
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.metrics(LONG));
        shim.delete(INIT, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void limits_change_while_a_task_runs(String runtime) throws Exception {
        TestSpec spec = TestSpec.of("sleep", "1000").resources(LIMITED);
        ShimInstance shim = host.run(host.bundle("t1", spec, runtime), Stdio.NONE);
        OciResources more =
                new OciResources("{\"memory\":{\"limit\":67108864},\"pids\":{\"limit\":7}}");
        shim.update(new UpdateTask(more, Map.of()), LONG);
        assertEquals(67108864, shim.metrics(LONG).memoryLimitBytes());
        assertEquals(7, shim.metrics(LONG).values().get("pids.limit"));
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_task_that_runs_out_of_memory_says_so(String runtime) throws Exception {
        TestSpec spec =
                TestSpec.of("tail", "/dev/zero")
                        .resources("{\"memory\":{\"limit\":20971520,\"swap\":20971520}}");
        TestContext context = host.bundle("t1", spec, runtime);
        ShimInstance shim = host.run(context, Stdio.NONE);
        Exit exit = shim.await(INIT, LONG).orElseThrow();
        assertEquals(137, exit.status());
        assertEquals(Optional.of(Exit.OOM), exit.reason());
        context.nextExit(LONG);
        assertEquals(1, context.ooms.get());
        shim.delete(INIT, LONG);
    }

    @Test
    void a_child_that_runs_out_of_memory_is_told_while_the_task_goes_on() throws Exception {
        TestSpec spec =
                TestSpec.shell("tail /dev/zero; while :; do sleep 1; done")
                        .resources("{\"memory\":{\"limit\":20971520,\"swap\":20971520}}");
        TestContext context = host.bundle("t1", spec);
        ShimInstance shim = host.run(context, Stdio.NONE);
        until("out of memory", () -> context.ooms.get() == 1);
        assertEquals(TaskState.RUNNING, shim.status(INIT, LONG).state());
        assertEquals(1, shim.metrics(LONG).oomKills());
        shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        Exit exit = shim.await(INIT, LONG).orElseThrow();
        assertEquals(Optional.empty(), exit.reason());
        shim.delete(INIT, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_checkpoint_is_written_or_said_to_be_impossible_here(String runtime) throws Exception {
        ShimInstance shim =
                host.run(host.bundle("t1", TestSpec.of("sleep", "1000"), runtime), Stdio.NONE);
        Path image = host.root.resolve("image");
        try {
            shim.checkpoint(new CheckpointTask(image, false, Optional.empty()), LONG);
            assertTrue(Files.exists(image.resolve("inventory.img")));
        } catch (DavitException e) {
            assertEquals(Kind.NOT_IMPLEMENTED, e.kind(), e.getMessage());
            assertTrue(e.getMessage().contains("criu"), e.getMessage());
        }
        assertEquals(TaskState.RUNNING, shim.status(INIT, LONG).state());
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        shim.await(INIT, LONG);
        shim.delete(INIT, LONG);
    }
}

package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.davit.testkit.Guest.Act;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of the contract that is about further processes, halting, measuring and limits. */
abstract class ShimControlContract extends ShimStreamsContract {
    private static final long LIMIT = 64 << 20;

    /** Requires a refusal that leaves the task as it was. */
    private void assertRefused(ContractTask task, Executable call) {
        assertFails(Kind.NOT_IMPLEMENTED, call);
        assertEquals(TaskState.RUNNING, task.state());
        task.end();
    }

    @Test
    void a_further_process_runs_ends_and_is_deleted() throws Exception {
        ContractTask task = startWaiting("t");
        ShimInstance shim = task.shim();
        if (!can(ShimAbility.EXEC)) {
            assertRefused(task, () -> shim.exec(exec("e", Guest.of(Act.EXIT), Stdio.NONE), LONG));
            return;
        }
        shim.exec(exec("e", Guest.of(Act.EXIT, 3), Stdio.NONE), LONG);
        assertEquals(TaskState.CREATED, shim.status("e", LONG).state());
        assertFails(
                Kind.ALREADY_EXISTS,
                () -> shim.exec(exec("e", Guest.of(Act.EXIT, 3), Stdio.NONE), LONG));
        long pid = shim.start("e", LONG);
        Exit exit = task.await("e");
        assertEquals(3, exit.status());
        assertEquals(pid, exit.pid());
        until("exit is told", () -> !task.told().of("e").isEmpty());
        assertEquals(TaskState.STOPPED, shim.status("e", LONG).state());
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.start("e", LONG));
        assertEquals(exit, shim.delete("e", LONG));
        assertEquals(List.of(exit), task.told().of("e"));
        assertFails(Kind.NOT_FOUND, () -> shim.status("e", LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.delete("e", LONG));
        assertEquals(TaskState.RUNNING, task.state());
        task.end();
    }

    @Test
    void a_further_process_has_streams_of_its_own() throws Exception {
        if (can(ShimAbility.EXEC)) {
            ContractTask task = startWaiting("t");
            Collector out = new Collector();
            Collector err = new Collector();
            task.shim().exec(exec("e", Guest.of(Act.SPEAK), Stdio.streams(null, out, err)), LONG);
            task.shim().start("e", LONG);
            assertEquals(0, task.await("e").status());
            until("output", () -> out.text().equals("out\n") && err.text().equals("err\n"));
            task.end();
        }
    }

    @Test
    void a_running_further_process_is_not_deleted_and_a_signal_reaches_it_alone() throws Exception {
        if (can(ShimAbility.EXEC)) {
            ContractTask task = startWaiting("t");
            startWaitingExec(task);
            assertFails(Kind.FAILED_PRECONDITION, () -> task.shim().delete("e", LONG));
            assertTrue(
                    task.shim().processes(LONG).stream().anyMatch(p -> p.execId().equals("e")),
                    "the further process is not listed");
            task.shim().kill("e", Signal.TERM, KillScope.PROCESS, LONG);
            assertEquals(143, task.await("e").status());
            assertEquals(TaskState.RUNNING, task.state());
            task.end();
        }
    }

    @Test
    void a_signal_to_all_reaches_further_processes() throws Exception {
        if (can(ShimAbility.EXEC)) {
            ContractTask task = startWaiting("t");
            startWaitingExec(task);
            assertFails(
                    Kind.INVALID_ARGUMENT,
                    () -> task.shim().kill("e", Signal.TERM, KillScope.ALL, LONG));
            task.shim().kill(INIT, Signal.KILL, KillScope.ALL, LONG);
            assertEquals(137, task.await("e").status());
            assertEquals(137, task.await(INIT).status());
        }
    }

    private void startWaitingExec(ContractTask task) throws InterruptedException {
        Collector out = new Collector();
        task.shim().exec(exec("e", Guest.of(Act.WAIT), out.asOutput()), LONG);
        task.shim().start("e", LONG);
        until("further process is ready", () -> out.text().equals("ready\n"));
    }

    @Test
    void a_further_process_that_was_never_started_is_deleted_with_status_0() throws Exception {
        if (can(ShimAbility.EXEC)) {
            ContractTask task = startWaiting("t");
            task.shim().exec(exec("e", Guest.of(Act.WAIT), Stdio.NONE), LONG);
            assertEquals(0, task.shim().delete("e", LONG).status());
            task.end();
        }
    }

    @Test
    void a_task_that_has_ended_gets_no_further_process() throws Exception {
        ContractTask task = start("t", Guest.of(Act.EXIT), Stdio.NONE);
        task.await(INIT);
        assertFails(
                can(ShimAbility.EXEC) ? Kind.FAILED_PRECONDITION : Kind.NOT_IMPLEMENTED,
                () -> task.shim().exec(exec("e", Guest.of(Act.EXIT), Stdio.NONE), LONG));
        task.shim().delete(INIT, LONG);
    }

    @Test
    void a_halted_task_does_nothing_until_it_goes_on() throws Exception {
        Collector out = new Collector();
        ContractTask task = start("t", Guest.of(Act.TICK), out.asOutput());
        until("output", () -> out.count() > 0);
        ShimInstance shim = task.shim();
        if (!can(ShimAbility.PAUSE)) {
            assertRefused(task, () -> shim.pause(LONG));
            return;
        }
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.resume(LONG));
        shim.pause(LONG);
        assertEquals(TaskState.PAUSED, task.state());
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.pause(LONG));
        assertEquals(Optional.empty(), shim.await(INIT, Duration.ofMillis(50)));
        shim.resume(LONG);
        assertEquals(TaskState.RUNNING, task.state());
        long before = out.count();
        until("output goes on", () -> out.count() > before + (1 << 17));
        shim.pause(LONG);
        shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        assertEquals(137, task.await(INIT).status());
    }

    @Test
    void what_a_task_uses_is_measured() throws Exception {
        Collector out = new Collector();
        ContractTask task = start("t", Guest.of(Act.TICK), out.asOutput());
        until("output", () -> out.count() > 0);
        if (!can(ShimAbility.METRICS)) {
            assertRefused(task, () -> task.shim().metrics(LONG));
            return;
        }
        TaskMetrics first = task.shim().metrics(LONG);
        assertTrue(first.memoryBytes() > 0, first::toString);
        assertTrue(first.cpuNanos() >= 0, first::toString);
        assertTrue(first.pids() >= 1, first::toString);
        until("more processor time", () -> cpu(task) > first.cpuNanos());
        task.end();
    }

    private static long cpu(ContractTask task) {
        return task.shim().metrics(LONG).cpuNanos();
    }

    @Test
    void a_memory_limit_changes_while_the_task_runs() throws Exception {
        ContractTask task = startWaiting("t");
        OciResources limit = new OciResources("{\"memory\":{\"limit\":" + LIMIT + "}}");
        UpdateTask update = new UpdateTask(limit, Map.of());
        if (!can(ShimAbility.UPDATE)) {
            assertRefused(task, () -> task.shim().update(update, LONG));
            return;
        }
        task.shim().update(update, LONG);
        if (can(ShimAbility.METRICS)) {
            assertEquals(LIMIT, task.shim().metrics(LONG).memoryLimitBytes());
        }
        task.end();
    }

    @Test
    void a_checkpoint_is_refused_by_who_cannot_write_one() throws Exception {
        if (!can(ShimAbility.CHECKPOINT)) {
            ContractTask task = startWaiting("t");
            Path image = directory().resolve("image");
            assertRefused(
                    task,
                    () ->
                            task.shim()
                                    .checkpoint(
                                            new CheckpointTask(image, false, Optional.empty()),
                                            LONG));
        }
    }
}

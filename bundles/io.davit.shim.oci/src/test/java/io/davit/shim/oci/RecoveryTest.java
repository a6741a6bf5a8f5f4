package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.Kind;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.linux.PidFd;
import io.davit.linux.ProcessStatus;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tasks outlive the plugin; the loss of their monitor is seen. */
class RecoveryTest extends OciTest {
    private static int monitor(TestContext context) throws Exception {
        Path root = new TaskLayout(context.bundle()).root();
        return ProcessRecord.read(new PrivateFiles(root))
                .orElseThrow()
                .monitor()
                .orElseThrow()
                .pid();
    }

    private ShimInstance swap(ShimInstance before, TestContext context) throws Exception {
        before.release(true, LONG);
        host.restart();
        return host.plugin.recover(context, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_running_task_goes_on_with_the_next_plugin(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"), runtime);
        ShimInstance before = host.run(context, Stdio.NONE);
        String json = TestSpec.process(false, List.of("sh", "-c", "exit 9"));
        before.exec(new ExecTask("e1", new OciProcess(json), Stdio.NONE), LONG);
        String sleeper = TestSpec.process(false, List.of("sleep", "1000"));
        before.exec(new ExecTask("e2", new OciProcess(sleeper), Stdio.NONE), LONG);
        final long exec = before.start("e2", LONG);
        final long pid = before.status(INIT, LONG).pid();
        ShimInstance after = swap(before, context);
        assertEquals(pid, after.status(INIT, LONG).pid());
        assertEquals(TaskState.RUNNING, after.status(INIT, LONG).state());
        assertEquals(exec, after.status("e2", LONG).pid());
        assertEquals(TaskState.RUNNING, after.status("e2", LONG).state());
        after.start("e1", LONG);
        assertEquals(9, after.await("e1", LONG).orElseThrow().status());
        after.pause(LONG);
        ShimInstance third = swap(after, context);
        assertEquals(TaskState.PAUSED, third.status(INIT, LONG).state());
        third.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        assertEquals(137, third.await(INIT, LONG).orElseThrow().status());
        third.await("e2", LONG).orElseThrow();
        third.delete(INIT, LONG);
    }

    @Test
    void a_created_task_is_started_by_the_next_plugin() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.shell("exit 3"));
        ShimInstance before = host.plugin.start(context, LONG);
        before.create(TestHost.request(Stdio.NONE), LONG);
        ShimInstance after = swap(before, context);
        assertEquals(TaskState.CREATED, after.status(INIT, LONG).state());
        after.start(INIT, LONG);
        assertEquals(3, after.await(INIT, LONG).orElseThrow().status());
        after.delete(INIT, LONG);
    }

    @Test
    void an_exit_that_nobody_saw_is_told_with_its_code_and_time() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance before = host.run(context, Stdio.NONE);
        long pid = before.status(INIT, LONG).pid();
        before.release(true, LONG);
        host.plugin.close();
        try (PidFd init = PidFd.open((int) pid);
                PidFd monitor = PidFd.open(monitor(context))) {
            init.signal(9);
            assertTrue(monitor.awaitExit(LONG));
        }
        assertTrue(context.exits.isEmpty());
        host.restart();
        ShimInstance after = host.plugin.recover(context, LONG);
        assertEquals(TaskState.STOPPED, after.status(INIT, LONG).state());
        Map.Entry<String, Exit> told = context.nextExit(LONG);
        assertEquals(INIT, told.getKey());
        assertEquals(137, told.getValue().status());
        assertEquals(pid, told.getValue().pid());
        after.delete(INIT, LONG);
    }

    @Test
    void a_task_whose_monitor_is_killed_is_killed_too() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.run(context, Stdio.NONE);
        int pid = (int) shim.status(INIT, LONG).pid();
        try (PidFd monitor = PidFd.open(monitor(context))) {
            monitor.signal(9);
        }
        Exit exit = shim.await(INIT, LONG).orElseThrow();
        assertEquals(255, exit.status());
        assertEquals(Optional.of(Exit.MONITOR_LOST), exit.reason());
        assertEquals(exit, context.nextExit(LONG).getValue());
        assertTrue(ProcessStatus.of(pid).map(ProcessStatus::isDead).orElse(true));
        shim.delete(INIT, LONG);
    }

    @Test
    void a_monitor_that_was_killed_while_nobody_watched_is_noticed() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance before = host.run(context, Stdio.NONE);
        before.release(true, LONG);
        host.plugin.close();
        try (PidFd monitor = PidFd.open(monitor(context))) {
            monitor.signal(9);
            assertTrue(monitor.awaitExit(LONG));
        }
        host.restart();
        ShimInstance after = host.plugin.recover(context, LONG);
        Exit exit = after.await(INIT, LONG).orElseThrow();
        assertEquals(Optional.of(Exit.MONITOR_LOST), exit.reason());
        after.delete(INIT, LONG);
    }

    @Test
    void an_init_killed_right_after_create_is_seen() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.plugin.start(context, LONG);
        int pid = (int) shim.create(TestHost.request(Stdio.NONE), LONG);
        try (PidFd init = PidFd.open(pid)) {
            init.signal(9);
        }
        assertEquals(137, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals(TaskState.STOPPED, shim.status(INIT, LONG).state());
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.start(INIT, LONG));
        shim.delete(INIT, LONG);
    }

    @Test
    void what_was_never_created_is_not_found_and_cleaned_up() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        assertKind(Kind.NOT_FOUND, () -> host.plugin.recover(context, LONG));
        assertEquals(Optional.empty(), host.plugin.cleanUp(context, LONG));
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_running_task_is_cleaned_up_without_its_instance(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"), runtime);
        host.run(context, Stdio.NONE).release(true, LONG);
        host.restart();
        Optional<Exit> exit = host.plugin.cleanUp(context, LONG);
        assertEquals(137, exit.orElseThrow().status());
        assertEquals(List.of(), host.monitors());
        assertEquals(Optional.empty(), host.plugin.cleanUp(context, LONG));
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_monitor_of_which_nothing_was_written_down_is_found_by_its_mark(String runtime)
            throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"), runtime);
        host.run(context, Stdio.NONE).release(true, LONG);
        Path record = new TaskLayout(context.bundle()).root().resolve("record");
        String versions = Files.readString(record);
        String end = "#end\n";
        // The next one was cut short.
        Files.writeString(
                record,
                versions.substring(0, versions.indexOf(end) + end.length())
                        + "\n#begin\nphase=STARTED\nmonitor=1");
        assertKind(Kind.NOT_FOUND, () -> host.plugin.recover(context, LONG));
        host.plugin.cleanUp(context, LONG);
        assertEquals(List.of(), host.monitors());
        assertEquals(List.of(), host.cgroups());
    }
}

package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The life of a task, with real runtimes. */
class TaskLifeTest extends OciTest {
    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_task_is_created_started_awaited_and_deleted(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.shell("exit 7"), runtime);
        ShimInstance shim = host.plugin.start(context, LONG);
        long pid = shim.create(TestHost.request(Stdio.NONE), LONG);
        assertTrue(pid > 1);
        assertEquals(TaskState.CREATED, shim.status(INIT, LONG).state());
        assertEquals(List.of(new ProcessInfo(pid, INIT)), shim.processes(LONG));
        assertEquals(pid, shim.start(INIT, LONG));
        Exit exit = shim.await(INIT, LONG).orElseThrow();
        assertEquals(7, exit.status());
        assertEquals(pid, exit.pid());
        assertEquals(exit, context.nextExit(LONG).getValue());
        assertEquals(TaskState.STOPPED, shim.status(INIT, LONG).state());
        assertEquals(exit, shim.delete(INIT, LONG));
        assertKind(Kind.NOT_FOUND, () -> shim.status(INIT, LONG));
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void streams_carry_input_output_and_errors(String runtime) throws Exception {
        TestContext context =
                host.bundle("t1", TestSpec.shell("cat; echo problem >&2; exit 3"), runtime);
        byte[] text = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(context, Stdio.streams(new ByteArrayInputStream(text), out, err));
        assertEquals(3, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals(new String(text), out.toString());
        assertEquals("problem\n", err.toString());
        shim.delete(INIT, LONG);
    }

    @Test
    void a_running_task_is_killed() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.run(context, Stdio.NONE);
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.delete(INIT, LONG));
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        assertEquals(137, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals(137, context.nextExit(LONG).getValue().status());
        shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        shim.delete(INIT, LONG);
    }

    @Test
    void a_task_that_was_never_started_is_deleted() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.plugin.start(context, LONG);
        shim.create(TestHost.request(Stdio.NONE), LONG);
        assertEquals(0, shim.delete(INIT, LONG).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_failed_create_leaves_nothing_and_the_id_free(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("/no/such"), runtime);
        ShimInstance shim = host.plugin.start(context, LONG);
        DavitException e =
                assertThrows(
                        DavitException.class,
                        () -> shim.create(TestHost.request(Stdio.NONE), LONG));
        assertEquals(Kind.NOT_FOUND, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains("/no/such"), e.getMessage());
        host.plugin.cleanUp(context, LONG);
        host.bundle("t1", TestSpec.of("true"), runtime);
        ShimInstance next = host.run(context, Stdio.NONE);
        assertEquals(0, next.await(INIT, LONG).orElseThrow().status());
        next.delete(INIT, LONG);
    }
}

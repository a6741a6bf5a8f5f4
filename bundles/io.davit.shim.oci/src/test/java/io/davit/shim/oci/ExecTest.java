package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.Kind;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
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
import java.util.List;

/** Further processes in a running container. */
class ExecTest extends OciTest {
    private static ExecTask exec(String id, Stdio stdio, String... args) {
        String json = TestSpec.process(stdio.terminal(), List.of(args));
        return new ExecTask(id, new OciProcess(json), stdio);
    }

    private static void end(ShimInstance shim) {
        shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG);
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void an_exec_has_streams_and_an_exit_of_its_own(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"), runtime);
        ShimInstance shim = host.run(context, Stdio.NONE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream("hello\n".getBytes());
        shim.exec(
                exec("e1", Stdio.streams(in, out, err), "sh", "-c", "cat; echo no >&2; exit 5"),
                LONG);
        assertEquals(TaskState.CREATED, shim.status("e1", LONG).state());
        long pid = shim.start("e1", LONG);
        assertTrue(pid > 1);
        Exit exit = shim.await("e1", LONG).orElseThrow();
        assertEquals(5, exit.status());
        assertEquals("hello\n", out.toString());
        assertEquals("no\n", err.toString());
        assertEquals("e1", context.nextExit(LONG).getKey());
        assertEquals(TaskState.STOPPED, shim.status("e1", LONG).state());
        assertEquals(TaskState.RUNNING, shim.status(INIT, LONG).state());
        assertEquals(exit, shim.delete("e1", LONG));
        assertKind(Kind.NOT_FOUND, () -> shim.status("e1", LONG));
        end(shim);
    }

    @Test
    void an_exec_is_listed_signalled_and_its_id_is_taken_until_it_is_deleted() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("sleep", "1000")), Stdio.NONE);
        shim.exec(exec("e1", Stdio.NONE, "sleep", "1000"), LONG);
        assertKind(
                Kind.ALREADY_EXISTS,
                () -> shim.exec(exec("e1", Stdio.NONE, "sleep", "1000"), LONG));
        long pid = shim.start("e1", LONG);
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.start("e1", LONG));
        assertTrue(shim.processes(LONG).contains(new ProcessInfo(pid, "e1")));
        assertEquals(2, shim.processes(LONG).size());
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.delete("e1", LONG));
        shim.kill("e1", Signal.TERM, KillScope.PROCESS, LONG);
        assertEquals(143, shim.await("e1", LONG).orElseThrow().status());
        shim.delete("e1", LONG);
        shim.exec(exec("e1", Stdio.NONE, "true"), LONG);
        assertEquals(0, shim.delete("e1", LONG).status());
        end(shim);
    }

    @Test
    void a_command_that_is_not_there_fails_and_harms_nobody() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("sleep", "1000")), Stdio.NONE);
        shim.exec(exec("e1", Stdio.NONE, "/no/such"), LONG);
        assertKind(Kind.NOT_FOUND, () -> shim.start("e1", LONG));
        assertEquals(TaskState.STOPPED, shim.status("e1", LONG).state());
        shim.delete("e1", LONG);
        assertEquals(TaskState.RUNNING, shim.status(INIT, LONG).state());
        end(shim);
    }

    @Test
    void no_exec_in_a_task_that_has_ended() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("true")), Stdio.NONE);
        shim.await(INIT, LONG).orElseThrow();
        assertKind(Kind.FAILED_PRECONDITION, () -> shim.exec(exec("e1", Stdio.NONE, "true"), LONG));
        shim.delete(INIT, LONG);
    }

    @Test
    void an_exec_ends_with_its_task() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.run(context, Stdio.NONE);
        shim.exec(exec("e1", Stdio.NONE, "sleep", "1000"), LONG);
        shim.start("e1", LONG);
        shim.kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        assertEquals(137, shim.await("e1", LONG).orElseThrow().status());
        shim.await(INIT, LONG).orElseThrow();
        shim.delete(INIT, LONG);
    }

    @Test
    void many_execs_start_at_once() throws Exception {
        ShimInstance shim = host.run(host.bundle("t1", TestSpec.of("sleep", "1000")), Stdio.NONE);
        List<Thread> callers = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String id = "e" + i;
            String script = "exit " + i;
            callers.add(
                    new Thread(
                            () -> {
                                shim.exec(exec(id, Stdio.NONE, "sh", "-c", script), LONG);
                                shim.start(id, LONG);
                            }));
        }
        callers.forEach(Thread::start);
        for (Thread caller : callers) {
            caller.join(LONG.toMillis());
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(i, shim.await("e" + i, LONG).orElseThrow().status());
        }
        end(shim);
    }
}

package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.spi.shim.ShimInstance;
import io.davit.testkit.Guest.Act;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The promises of {@link io.davit.spi.shim.ShimPlugin}, as tests over a real plugin: extend it,
 * provide guests, and declare what the plugin lacks. See the README of this bundle.
 *
 * @since 1.0
 */
@Timeout(300)
public abstract class ShimPluginContract extends ShimControlContract {
    private static final int WAITERS = 20;

    /** Makes the tests; JUnit does. */
    protected ShimPluginContract() {
        // everything is made for each test
    }

    @Test
    void a_task_is_created_started_awaited_and_deleted() throws Exception {
        ContractTask task = create("t", Guest.of(Act.EXIT, 7), Stdio.NONE);
        ShimInstance shim = task.shim();
        ProcessStatus created = shim.status(INIT, LONG);
        assertEquals(TaskState.CREATED, created.state());
        assertEquals(Optional.empty(), created.exit());
        long pid = shim.start(INIT, LONG);
        assertTrue(pid > 1, "pid=" + pid);
        assertEquals(pid, created.pid());
        Exit exit = task.await(INIT);
        assertEquals(7, exit.status());
        assertEquals(pid, exit.pid());
        assertEquals(Optional.empty(), exit.reason());
        until("exit is told", () -> !task.told().of(INIT).isEmpty());
        ProcessStatus stopped = shim.status(INIT, LONG);
        assertEquals(TaskState.STOPPED, stopped.state());
        assertEquals(Optional.of(exit), stopped.exit());
        assertEquals(exit, task.await(INIT));
        assertEquals(exit, shim.delete(INIT, LONG));
        assertEquals(List.of(exit), task.told().of(INIT));
    }

    @Test
    void a_deleted_task_is_not_found_and_its_shim_can_be_closed_again_and_again() throws Exception {
        ContractTask task = start("t", Guest.of(Act.EXIT, 0), Stdio.NONE);
        task.await(INIT);
        ShimInstance shim = task.shim();
        shim.delete(INIT, LONG);
        assertFails(Kind.NOT_FOUND, () -> shim.delete(INIT, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.status(INIT, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.start(INIT, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.await(INIT, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.kill(INIT, Signal.KILL, KillScope.ALL, LONG));
        shim.close(LONG);
        shim.close(LONG);
        plugin().cleanUp(task.told(), LONG);
        plugin().cleanUp(task.told(), LONG);
        ContractTask again = start("again", Guest.of(Act.EXIT, 3), Stdio.NONE);
        assertEquals(3, again.await(INIT).status());
    }

    @Test
    void every_status_is_told_as_it_was() throws Exception {
        for (int status : new int[] {0, 1, 42, 255}) {
            Instant before = Instant.now();
            ContractTask task = start("t" + status, Guest.of(Act.EXIT, status), Stdio.NONE);
            Exit exit = task.await(INIT);
            assertEquals(status, exit.status());
            // a supervisor's clock may be coarse
            assertTrue(exit.at().isAfter(before.minusSeconds(1)), exit + " before " + before);
            Instant after = Instant.now().plusSeconds(1);
            assertTrue(exit.at().isBefore(after), exit + " after " + after);
            assertEquals(exit, task.shim().delete(INIT, LONG));
        }
    }

    @Test
    void a_signal_ends_a_process_and_is_its_status() throws Exception {
        for (Signal signal : List.of(Signal.TERM, Signal.KILL)) {
            ContractTask task = startWaiting("t" + signal.number());
            task.shim().kill(INIT, signal, KillScope.PROCESS, LONG);
            Exit exit = task.await(INIT);
            assertEquals(128 + signal.number(), exit.status());
            task.shim().kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
            task.shim().kill(INIT, Signal.KILL, KillScope.ALL, LONG);
            assertEquals(exit, task.shim().delete(INIT, LONG));
            assertEquals(List.of(exit), task.told().of(INIT));
        }
    }

    @Test
    void states_forbid_what_they_forbid() throws Exception {
        ContractTask task = startWaiting("t");
        ShimInstance shim = task.shim();
        assertFails(Kind.ALREADY_EXISTS, () -> shim.create(request(Stdio.NONE), LONG));
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.start(INIT, LONG));
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.delete(INIT, LONG));
        assertEquals(Optional.empty(), shim.await(INIT, Duration.ofMillis(20)));
        assertEquals(TaskState.RUNNING, task.state());
        assertEquals(List.of(), task.told().of(INIT));
        task.end();
    }

    @Test
    void what_is_unknown_is_not_found() throws Exception {
        ContractTask task = startWaiting("t");
        ShimInstance shim = task.shim();
        String nobody = "nobody";
        assertFails(Kind.NOT_FOUND, () -> shim.start(nobody, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.status(nobody, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.await(nobody, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.delete(nobody, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.closeStdin(nobody, LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.resize(nobody, new ConsoleSize(80, 24), LONG));
        assertFails(Kind.NOT_FOUND, () -> shim.kill(nobody, Signal.KILL, KillScope.PROCESS, LONG));
        assertEquals(TaskState.RUNNING, task.state());
        task.end();
    }

    @Test
    void a_task_nobody_started_is_not_found_and_leaves_nothing_to_clean_up() throws Exception {
        ToldExits told = bundle("t", Guest.of(Act.EXIT, 0));
        assertFails(Kind.NOT_FOUND, () -> plugin().recover(told, LONG));
        assertEquals(Optional.empty(), plugin().cleanUp(told, LONG));
        assertEquals(Optional.empty(), plugin().cleanUp(told, LONG));
        assertEquals(List.of(), told.of(INIT));
    }

    @Test
    void a_shim_without_a_task_finds_none_and_can_be_closed() throws Exception {
        ContractTask task = shim(bundle("t", Guest.of(Act.EXIT, 0)));
        assertFails(Kind.NOT_FOUND, () -> task.shim().status(INIT, LONG));
        assertFails(Kind.NOT_FOUND, () -> task.shim().start(INIT, LONG));
        task.shim().close(LONG);
    }

    @Test
    void a_task_that_was_never_started_is_deleted_with_status_0() throws Exception {
        ContractTask task = create("t", Guest.of(Act.WAIT), Stdio.NONE);
        assertEquals(0, task.shim().delete(INIT, LONG).status());
        assertFails(Kind.NOT_FOUND, () -> task.shim().status(INIT, LONG));
    }

    @Test
    void a_creation_that_fails_says_why_and_leaves_the_id_free() throws Exception {
        ContractTask task = shim(bundle("t", Guest.of(Act.MISSING)));
        try {
            task.shim().create(request(Stdio.NONE), LONG);
            throw new AssertionError("created without a program");
        } catch (DavitException e) {
            assertTrue(
                    Set.of(Kind.INVALID_ARGUMENT, Kind.NOT_FOUND).contains(e.kind()), e::toString);
            assertTrue(e.getMessage().contains("/no/such/program"), e::getMessage);
        }
        task.shim().close(LONG);
        plugin().cleanUp(task.told(), LONG);
        assertEquals(List.of(), task.told().of(INIT));
        fill(task.told().bundle(), Guest.of(Act.EXIT, 5));
        ContractTask next = shim(task.told());
        next.shim().create(request(Stdio.NONE), LONG);
        next.shim().start(INIT, LONG);
        assertEquals(5, next.await(INIT).status());
    }

    @Test
    void many_wait_for_one_end_and_all_learn_the_same() throws Exception {
        ContractTask task = startWaiting("t");
        List<FutureTask<Exit>> waiters = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(WAITERS);
        for (int i = 0; i < WAITERS; i++) {
            FutureTask<Exit> waiter =
                    new FutureTask<>(
                            () -> {
                                begun.countDown();
                                return task.await(INIT);
                            });
            waiters.add(waiter);
            new Thread(waiter).start();
        }
        assertTrue(begun.await(LONG.toSeconds(), TimeUnit.SECONDS));
        task.shim().kill(INIT, Signal.KILL, KillScope.PROCESS, LONG);
        Exit exit = task.await(INIT);
        for (FutureTask<Exit> waiter : waiters) {
            assertEquals(exit, waiter.get(LONG.toSeconds(), TimeUnit.SECONDS));
        }
        until("exit is told", () -> !task.told().of(INIT).isEmpty());
        assertEquals(List.of(exit), task.told().of(INIT));
    }

    @Test
    void the_processes_inside_are_listed() throws Exception {
        ContractTask task = startWaiting("t");
        long pid = task.shim().status(INIT, LONG).pid();
        List<ProcessInfo> inside = task.shim().processes(LONG);
        assertTrue(inside.stream().anyMatch(each -> each.pid() == pid), inside + " has no " + pid);
        task.end();
    }

    @Test
    void closing_a_shim_ends_all_that_runs() throws Exception {
        ContractTask task = startWaiting("t");
        if (can(ShimAbility.EXEC)) {
            task.shim().exec(exec("e", Guest.of(Act.WAIT), Stdio.NONE), LONG);
            task.shim().start("e", LONG);
        }
        task.shim().close(LONG);
        assertFails(Kind.NOT_FOUND, () -> plugin().recover(task.told().again(), LONG));
    }

    @Test
    void a_manager_that_leaves_finds_the_task_again() throws Exception {
        ContractTask task = startWaiting("t");
        long pid = task.shim().status(INIT, LONG).pid();
        task.shim().release(false, LONG);
        ContractTask found = recovered(task);
        assertEquals(pid, found.shim().status(INIT, LONG).pid());
        assertEquals(TaskState.RUNNING, found.state());
        Exit exit = found.end();
        assertEquals(137, exit.status());
        until("exit is told", () -> !found.told().of(INIT).isEmpty());
        assertEquals(List.of(exit), found.told().of(INIT));
    }

    private ContractTask recovered(ContractTask task) {
        ToldExits told = task.told().again();
        ContractTask found = new ContractTask(plugin().recover(told, LONG), told);
        assertNotNull(found.shim());
        follow(found);
        return found;
    }

    @Test
    void a_plugin_that_leaves_leaves_its_tasks_to_its_successor_or_ends_them() throws Exception {
        ContractTask task = startWaiting("t");
        task.shim().release(true, LONG);
        if (can(ShimAbility.OUTLIVING)) {
            replacePlugin();
            ContractTask found = recovered(task);
            assertEquals(TaskState.RUNNING, found.state());
            assertEquals(137, found.end().status());
        } else {
            Exit exit = task.told().of(INIT).get(0);
            assertEquals(143, exit.status());
            assertEquals(Exit.PLUGIN_REMOVED, exit.reason().orElse(""));
            replacePlugin();
            assertFails(Kind.NOT_FOUND, () -> plugin().recover(task.told().again(), LONG));
            assertFalse(task.told().of(INIT).size() > 1);
        }
    }
}

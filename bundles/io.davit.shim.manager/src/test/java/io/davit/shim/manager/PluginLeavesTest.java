package io.davit.shim.manager;

import static io.davit.shim.manager.Manager.LONG;
import static io.davit.shim.manager.Manager.RUNTIME;
import static io.davit.shim.manager.Manager.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimInfo;
import io.davit.api.shim.StartShim;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.shim.manager.Manager.Heard;
import io.davit.testkit.FakePlugin;
import io.davit.testkit.FakeWorld;
import io.davit.testkit.PluginReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What becomes of shims when their plugin is stopped, updated or replaced. */
@Timeout(120)
class PluginLeavesTest {
    private final Heard heard = new Heard();
    private final CountDownLatch open = new CountDownLatch(1);
    private Manager manager = new Manager();

    @AfterEach
    void stop() {
        open.countDown();
        manager.close();
    }

    /** A manager whose calls wait long for a successor. */
    private void withLongWindow() {
        manager.close();
        manager = new Manager(FakeWorld.inMemory(), Map.of("swap.window.millis", 20_000L));
    }

    private static FutureTask<Object> inBackground(Callable<Object> call) {
        FutureTask<Object> task = new FutureTask<>(call);
        new Thread(task).start();
        return task;
    }

    @Test
    void a_task_in_the_jvm_ends_with_its_plugin_and_answers_from_its_exit() throws Exception {
        PluginReference reference = manager.add(manager.inJvm(), true);
        Shim shim = manager.run("t1", heard);
        shim.exec(new ExecTask("e1", new OciProcess("{}"), Stdio.NONE), LONG);
        manager.component.removePlugin(reference);
        assertEquals(
                List.of("exit  143 plugin-removed", "exit e1 143 plugin-removed"),
                List.of(heard.next(), heard.next()));
        ProcessStatus status = shim.status("", LONG);
        assertEquals(TaskState.STOPPED, status.state());
        shim.kill("", Signal.KILL, KillScope.ALL, LONG);
        assertEquals(status.exit(), shim.await("", LONG));
        assertFails(Kind.FAILED_PRECONDITION, () -> shim.pause(LONG));
        assertEquals(143, shim.delete("", LONG).status());
        shim.close();
        assertTrue(manager.component.shims().isEmpty());
        assertTrue(heard.all.isEmpty());
    }

    @Test
    void a_plugin_that_leaves_during_a_start_that_hangs_leaves_the_id_free() throws Exception {
        FakePlugin hanging = new FakePlugin(FakeWorld.inMemory(), false);
        hanging.before("start", id -> Manager.hang(open));
        PluginReference old = manager.add(hanging, false);
        StartShim request = Manager.request("t1", heard);
        assertFails(Kind.DEADLINE_EXCEEDED, () -> manager.component.start(request, Manager.SHORT));
        assertFails(Kind.ALREADY_EXISTS, () -> manager.start("t1", heard));
        manager.component.removePlugin(old);
        FakePlugin successor = manager.external();
        manager.add(successor, manager.reference("1.0.1"));
        Shim shim = manager.run("t1", heard);
        open.countDown();
        while (!hanging.calls().contains("release")) {
            Thread.onSpinWait();
        }
        assertFalse(hanging.calls().contains("close"), "closed what belongs to the successor");
        assertEquals(TaskState.RUNNING, shim.status("", LONG).state());
        assertEquals(List.of(shim.id()), manager.component.shims().stream().map(Shim::id).toList());
    }

    @Test
    void a_start_that_ends_after_its_plugin_left_is_closed_if_nobody_has_the_id() throws Exception {
        FakePlugin hanging = manager.external();
        hanging.before("start", id -> Manager.hang(open));
        PluginReference old = manager.add(hanging, false);
        StartShim request = Manager.request("t1", heard);
        assertFails(Kind.DEADLINE_EXCEEDED, () -> manager.component.start(request, Manager.SHORT));
        manager.component.removePlugin(old);
        open.countDown();
        while (!hanging.calls().contains("close")) {
            Thread.onSpinWait();
        }
        manager.add(manager.external(), manager.reference("1.0.1"));
        boolean started = false;
        while (!started) {
            try {
                manager.run("t1", heard);
                started = true;
            } catch (DavitException e) {
                assertEquals(Kind.ALREADY_EXISTS, e.kind(), e.getMessage());
            }
        }
    }

    @Test
    void a_task_in_the_jvm_ends_even_if_its_plugin_says_nothing() throws Exception {
        FakePlugin plugin = manager.inJvm();
        plugin.before("release", id -> awaitOpen());
        PluginReference reference = manager.add(plugin, true);
        Shim shim = manager.run("t1", heard);
        manager.component.removePlugin(reference);
        assertEquals("exit  143 plugin-removed", heard.next());
        assertEquals(143, shim.await("", LONG).orElseThrow().status());
    }

    private void awaitOpen() {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_task_outside_goes_on_and_its_calls_wait_for_the_successor() throws Exception {
        withLongWindow();
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        long pid = shim.status("", LONG).pid();
        manager.component.removePlugin(old);
        assertEquals("reachable false", heard.next());
        assertFalse(shim.isReachable());
        FutureTask<Object> call = inBackground(() -> shim.status("", LONG));
        FakePlugin successor = manager.external();
        manager.add(successor, manager.reference("1.0.1"));
        ProcessStatus status = (ProcessStatus) call.get(20, TimeUnit.SECONDS);
        assertEquals(TaskState.RUNNING, status.state());
        assertEquals(pid, status.pid());
        assertEquals("reachable true", heard.next());
        assertEquals("1.0.1", shim.info().version());
        assertEquals(1, successor.calls().stream().filter("recover"::equals).count());
        manager.world.exit(Manager.id("t1"), "", 9);
        assertEquals("exit  9 -", heard.next());
        assertTrue(heard.all.isEmpty());
    }

    @Test
    void a_call_fails_unavailable_when_nobody_comes_within_the_window() {
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        manager.component.removePlugin(old);
        assertFails(Kind.UNAVAILABLE, () -> shim.status("", LONG));
        assertFails(Kind.UNAVAILABLE, shim::close);
        assertEquals(List.of(shim), manager.component.shims());
    }

    @Test
    void an_exit_during_the_gap_is_told_once() throws Exception {
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        manager.component.removePlugin(old);
        assertEquals("reachable false", heard.next());
        manager.world.exit(Manager.id("t1"), "", 5);
        assertTrue(heard.all.isEmpty());
        FakePlugin successor = manager.external();
        manager.add(successor, manager.reference("1.0.1"));
        assertEquals("exit  5 -", heard.next());
        assertEquals(5, shim.await("", LONG).orElseThrow().status());
        assertEquals("reachable true", heard.next());
        assertTrue(heard.all.isEmpty());
    }

    @Test
    void a_shim_that_is_proven_dead_ends_its_task() throws Exception {
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        manager.component.removePlugin(old);
        assertEquals("reachable false", heard.next());
        manager.world.destroy(Manager.id("t1"));
        FakePlugin successor = manager.external();
        manager.add(successor, manager.reference("1.0.1"));
        assertEquals("exit  137 shim-lost", heard.next());
        assertEquals(TaskState.STOPPED, shim.status("", LONG).state());
        assertTrue(successor.calls().contains("cleanUp"));
        shim.close();
    }

    @Test
    void a_shim_that_does_not_answer_its_new_plugin_is_not_dead_and_is_tried_again()
            throws Exception {
        withLongWindow();
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        manager.component.removePlugin(old);
        FakePlugin successor = manager.external();
        CountDownLatch tried = new CountDownLatch(1);
        successor.before(
                "recover",
                id -> {
                    if (tried.getCount() > 0) {
                        tried.countDown();
                        throw new DavitException(Kind.UNAVAILABLE, "wedged");
                    }
                });
        manager.add(successor, manager.reference("1.0.1"));
        assertTrue(tried.await(20, TimeUnit.SECONDS));
        assertEquals(TaskState.RUNNING, shim.status("", LONG).state());
    }

    @Test
    void a_wait_survives_the_swap() throws Exception {
        PluginReference old = manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        FutureTask<Object> wait = inBackground(() -> shim.await("", LONG));
        manager.component.removePlugin(old);
        manager.add(manager.external(), manager.reference("1.0.1"));
        assertEquals("reachable false", heard.next());
        assertEquals("reachable true", heard.next());
        manager.world.exit(Manager.id("t1"), "", 3);
        assertEquals(
                3,
                ((Optional<?>) wait.get(20, TimeUnit.SECONDS))
                        .map(e -> ((Exit) e).status())
                        .orElseThrow());
    }

    @Test
    void a_call_in_flight_is_waited_for() throws Exception {
        withLongWindow();
        manager.close();
        manager = new Manager(FakeWorld.inMemory(), Map.of("drain.timeout.millis", 20_000L));
        FakePlugin plugin = manager.external();
        PluginReference reference = manager.add(plugin, false);
        Shim shim = manager.run("t1", heard);
        CountDownLatch inside = new CountDownLatch(1);
        plugin.before(
                "metrics",
                id -> {
                    inside.countDown();
                    awaitOpen();
                });
        FutureTask<Object> call = inBackground(() -> shim.metrics(LONG));
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        FutureTask<Object> leaving =
                inBackground(
                        () -> {
                            manager.component.removePlugin(reference);
                            return plugin.calls();
                        });
        open.countDown();
        call.get(20, TimeUnit.SECONDS);
        List<?> calls = (List<?>) leaving.get(20, TimeUnit.SECONDS);
        assertEquals("release", calls.get(calls.size() - 1));
    }

    @Test
    void a_call_in_flight_that_does_not_end_is_given_up_and_fails_unavailable() throws Exception {
        FakePlugin plugin = manager.external();
        PluginReference reference = manager.add(plugin, false);
        Shim shim = manager.run("t1", heard);
        CountDownLatch inside = new CountDownLatch(1);
        plugin.before(
                "metrics",
                id -> {
                    inside.countDown();
                    Manager.hang(open);
                });
        FutureTask<Object> call =
                inBackground(() -> assertFails(Kind.UNAVAILABLE, () -> shim.metrics(LONG)));
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        manager.component.removePlugin(reference);
        call.get(20, TimeUnit.SECONDS);
    }

    @Test
    void a_start_that_outlives_its_plugins_departure_leaves_nothing() throws Exception {
        FakePlugin plugin = manager.external();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        plugin.before(
                "start",
                id -> {
                    inside.countDown();
                    Manager.hang(open);
                });
        plugin.before("close", id -> closed.countDown());
        PluginReference reference = manager.add(plugin, false);
        FutureTask<Object> call =
                inBackground(() -> assertFails(Kind.UNAVAILABLE, () -> manager.start("t1", heard)));
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        manager.component.removePlugin(reference);
        call.get(20, TimeUnit.SECONDS);
        open.countDown();
        assertTrue(closed.await(20, TimeUnit.SECONDS));
        assertTrue(manager.component.shims().isEmpty());
    }

    @Test
    void a_new_version_beside_the_old_takes_new_starts_and_the_old_keeps_its_tasks() {
        FakePlugin old = manager.inJvm();
        manager.add(old, true);
        Shim shim = manager.run("t1", heard);
        FakePlugin fresh = manager.inJvm();
        manager.add(fresh, manager.reference("2.0.0").with("davit.shim.in.jvm", true));
        manager.run("t2", new Heard());
        assertTrue(fresh.calls().contains("start"));
        assertFalse(fresh.calls().contains("recover"));
        assertEquals("1.0.0", shim.info().version());
        assertEquals(TaskState.RUNNING, shim.status("", LONG).state());
        assertTrue(heard.all.isEmpty());
    }

    @Test
    void a_start_waits_for_the_successor_of_a_plugin_that_left_a_moment_ago() throws Exception {
        withLongWindow();
        PluginReference old = manager.add(manager.external(), false);
        manager.component.removePlugin(old);
        FutureTask<Object> info = inBackground(() -> manager.component.info(RUNTIME, LONG));
        manager.add(manager.external(), manager.reference("1.0.1"));
        assertEquals("1.0.1", ((ShimInfo) info.get(20, TimeUnit.SECONDS)).version());
    }

    @Test
    void connected_streams_are_let_go_with_the_plugin() throws Exception {
        FakePlugin plugin = manager.external();
        PluginReference reference = manager.add(plugin, false);
        Shim shim = manager.run("t1", heard);
        AutoCloseable kept = shim.attach("", Stdio.NONE, LONG);
        shim.attach("", Stdio.NONE, LONG).close();
        assertEquals(1, plugin.calls().stream().filter("detach"::equals).count());
        manager.component.removePlugin(reference);
        kept.close();
        assertEquals(1, plugin.calls().stream().filter("detach"::equals).count());
    }

    @Test
    void when_the_manager_stops_tasks_go_on_and_the_next_one_finds_them() throws Exception {
        FakePlugin plugin = manager.external();
        manager.add(plugin, false);
        manager.run("t1", heard);
        FakeWorld world = manager.world;
        manager.close();
        assertEquals("release", plugin.calls().get(plugin.calls().size() - 1));
        assertFails(Kind.UNAVAILABLE, () -> manager.component.info(RUNTIME, LONG));
        manager = new Manager(world, Map.of());
        manager.add(manager.external(), false);
        Heard again = new Heard();
        Shim shim = manager.component.attach(Manager.request("t1", again), LONG);
        assertEquals(TaskState.RUNNING, shim.status("", LONG).state());
        world.exit(Manager.id("t1"), "", 4);
        assertEquals("exit  4 -", again.next());
        assertTrue(heard.all.isEmpty());
        assertFails(
                Kind.NOT_FOUND, () -> manager.component.attach(Manager.request("t2", again), LONG));
    }

    @Test
    void attaching_to_a_live_shim_changes_who_is_told_and_repeats_what_is_known() throws Exception {
        manager.add(manager.external(), false);
        Shim shim = manager.run("t1", heard);
        manager.world.exit(Manager.id("t1"), "", 4);
        assertEquals("exit  4 -", heard.next());
        Heard next = new Heard();
        assertEquals(shim, manager.component.attach(Manager.request("t1", next), LONG));
        assertEquals("exit  4 -", next.next());
        assertEquals("reachable true", next.next());
    }

    @Test
    void an_exit_told_many_times_by_many_threads_is_passed_on_once() throws Exception {
        FakePlugin plugin = manager.external();
        manager.add(plugin, false);
        Shim shim = manager.run("t1", heard);
        ShimNews news = ((ManagedShim) shim).seat().news();
        Thread[] tellers = new Thread[8];
        for (int i = 0; i < tellers.length; i++) {
            Exit exit = Exit.of(1, i, Instant.now());
            tellers[i] = new Thread(() -> news.exited("", exit));
            tellers[i].start();
        }
        for (Thread teller : tellers) {
            teller.join();
        }
        assertEquals(1, heard.all.size());
    }
}

package io.davit.shim.manager;

import static io.davit.shim.manager.Manager.LONG;
import static io.davit.shim.manager.Manager.RUNTIME;
import static io.davit.shim.manager.Manager.SHORT;
import static io.davit.shim.manager.Manager.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimInfo;
import io.davit.testkit.FakePlugin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What a plugin that breaks its contract can do to its callers: nothing. */
class PluginCallTest {
    private final Manager manager = new Manager();
    private final FakePlugin plugin = manager.external();
    private final CountDownLatch open = new CountDownLatch(1);

    @BeforeEach
    void add() {
        manager.add(plugin, false);
    }

    @AfterEach
    void stop() {
        open.countDown();
        manager.close();
    }

    private void hang() {
        Manager.hang(open);
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "start"})
    void a_plugin_that_hangs_and_ignores_interrupts_holds_up_its_caller_no_longer_than_asked(
            String operation) {
        plugin.before(operation, id -> hang());
        DavitException e =
                assertFails(
                        Kind.DEADLINE_EXCEEDED,
                        () -> {
                            if (operation.equals("info")) {
                                manager.component.info(RUNTIME, SHORT);
                            } else {
                                manager.component.start(
                                        Manager.request("t1", new Manager.Heard()), SHORT);
                            }
                        });
        assertTrue(e.getMessage().contains("io.davit.fake/1.0.0"), e.getMessage());
    }

    @Test
    void an_operation_that_hangs_is_given_up_and_others_go_on() {
        Shim shim = manager.run("t1", new Manager.Heard());
        Shim other = manager.run("t2", new Manager.Heard());
        plugin.before(
                "pause",
                id -> {
                    if (id.id().equals("t1")) {
                        hang();
                    }
                });
        assertFails(Kind.DEADLINE_EXCEEDED, () -> shim.pause(SHORT));
        other.pause(LONG);
        shim.status("", LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "start", "status", "processes", "metrics", "delete"})
    void an_answer_of_null_is_a_broken_contract_that_names_the_plugin(String operation) {
        Optional<Shim> shim =
                operation.equals("info") || operation.equals("start")
                        ? Optional.empty()
                        : Optional.of(manager.run("t1", new Manager.Heard()));
        manager.world.supervisors().forEach(id -> manager.world.exit(id, "", 0));
        plugin.answeringNull(operation);
        DavitException e = assertFails(Kind.INTERNAL, () -> call(operation, shim));
        assertTrue(e.getMessage().contains("io.davit.fake/1.0.0"), e.getMessage());
        assertNull(e.getCause());
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "start", "status", "processes", "metrics", "delete"})
    void what_a_plugin_throws_stays_with_it(String operation) {
        Optional<Shim> shim =
                operation.equals("info") || operation.equals("start")
                        ? Optional.empty()
                        : Optional.of(manager.run("t1", new Manager.Heard()));
        plugin.before(
                operation,
                id -> {
                    throw new IllegalStateException("bug\n1");
                });
        DavitException e = assertFails(Kind.INTERNAL, () -> call(operation, shim));
        assertTrue(e.getMessage().contains("bug\\n1"), e.getMessage());
        assertNull(e.getCause());
        plugin.before(
                operation,
                id -> {
                    throw new StackOverflowError();
                });
        assertFails(Kind.INTERNAL, () -> call(operation, shim));
        plugin.before(
                operation,
                id -> {
                    throw new DavitException(
                            Kind.RESOURCE_EXHAUSTED, "full", new IllegalStateException("inner"));
                });
        DavitException kept = assertFails(Kind.RESOURCE_EXHAUSTED, () -> call(operation, shim));
        assertEquals("full", kept.getMessage());
        assertNull(kept.getCause());
    }

    private void call(String operation, Optional<Shim> shim) {
        switch (operation) {
            case "info" -> manager.component.info(RUNTIME, LONG);
            case "start" -> manager.start("t9");
            case "status" -> shim.get().status("", LONG);
            case "processes" -> shim.get().processes(LONG);
            case "metrics" -> shim.get().metrics(LONG);
            default -> shim.get().delete("", LONG);
        }
    }

    @Test
    void an_interrupted_caller_is_cancelled_and_keeps_its_interrupt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        plugin.before(
                "info",
                id -> {
                    inside.countDown();
                    hang();
                });
        FutureTask<Boolean> call =
                new FutureTask<>(
                        () -> {
                            assertFails(
                                    Kind.CANCELLED, () -> manager.component.info(RUNTIME, LONG));
                            return Thread.currentThread().isInterrupted();
                        });
        Thread caller = new Thread(call);
        caller.start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        caller.interrupt();
        assertTrue(call.get(20, TimeUnit.SECONDS));
    }

    @Test
    void a_start_that_answers_too_late_is_closed_and_frees_the_id_only_then() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        plugin.before(
                "start",
                id -> {
                    inside.countDown();
                    hang();
                });
        plugin.before("close", id -> closed.countDown());
        FutureTask<DavitException> start =
                new FutureTask<>(() -> assertFails(Kind.CANCELLED, () -> manager.start("t1")));
        Thread caller = new Thread(start);
        caller.start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        caller.interrupt();
        start.get(20, TimeUnit.SECONDS);
        assertTrue(manager.component.shims().isEmpty());
        assertFails(Kind.ALREADY_EXISTS, () -> manager.start("t1"));
        plugin.heal("start");
        open.countDown();
        assertTrue(closed.await(20, TimeUnit.SECONDS));
        awaitFree("t1");
        assertEquals(1, manager.world.supervisors().size());
    }

    /** The id is freed by the thread that closed the late shim, a moment after it did. */
    private void awaitFree(String id) {
        boolean taken = true;
        while (taken) {
            try {
                manager.start(id);
                taken = false;
            } catch (DavitException e) {
                assertEquals(Kind.ALREADY_EXISTS, e.kind());
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_failed_start_frees_the_id() {
        plugin.before(
                "start",
                id -> {
                    throw new DavitException(Kind.RESOURCE_EXHAUSTED, "no room");
                });
        assertFails(Kind.RESOURCE_EXHAUSTED, () -> manager.start("t1"));
        plugin.heal("start");
        assertTrue(manager.start("t1").isReachable());
    }

    @Test
    void a_second_shim_of_a_task_is_refused() {
        manager.start("t1");
        assertFails(Kind.ALREADY_EXISTS, () -> manager.start("t1"));
    }

    @Test
    void a_bounded_plugin_is_called_on_the_callers_thread_until_it_breaks_its_promise()
            throws Exception {
        Thread[] seen = new Thread[1];
        FakePlugin bounded = manager.external();
        bounded.before("info", id -> seen[0] = Thread.currentThread());
        manager.add(
                bounded,
                manager.reference("1.0.0", "io.davit.bounded.v1").with("davit.shim.bounded", true));
        manager.component.info("io.davit.bounded.v1", LONG);
        assertEquals(Thread.currentThread(), seen[0]);
        bounded.before("info", id -> sleepUntilInterrupted());
        assertFails(
                Kind.DEADLINE_EXCEEDED, () -> manager.component.info("io.davit.bounded.v1", SHORT));
        assertFalse(Thread.currentThread().isInterrupted());
        CountDownLatch inside = new CountDownLatch(1);
        bounded.before(
                "info",
                id -> {
                    inside.countDown();
                    hang();
                });
        FutureTask<ShimInfo> stuck =
                new FutureTask<>(() -> manager.component.info("io.davit.bounded.v1", SHORT));
        new Thread(stuck).start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        bounded.before("info", id -> seen[0] = Thread.currentThread());
        do {
            manager.component.info("io.davit.bounded.v1", LONG);
        } while (seen[0] == Thread.currentThread());
        open.countDown();
        stuck.get(20, TimeUnit.SECONDS);
    }

    private static void sleepUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new DavitException(Kind.CANCELLED, "interrupted", e);
        }
    }
}

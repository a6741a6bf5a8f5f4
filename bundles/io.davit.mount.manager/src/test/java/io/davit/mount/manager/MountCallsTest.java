package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The calls of the manager over handlers that fail, wait and call back. */
@Timeout(60)
class MountCallsTest {
    @TempDir Path base;
    private ManagerFixture fixture;
    private MountCalls manager;

    @BeforeEach
    void open() throws Exception {
        fixture = new ManagerFixture(base.toRealPath());
        manager = fixture.open();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private DavitException fails(ActivateMounts request) {
        return assertThrows(DavitException.class, () -> manager.activate(request));
    }

    private void assertNothingLeft() {
        assertEquals(List.of(), manager.parts().store().all());
        assertEquals(List.of(), manager.parts().targets().numbered());
        assertEquals(List.of(), List.copyOf(fixture.table));
        assertTrue(manager.check(false).isClean(), () -> manager.check(false).toString());
    }

    @Test
    void a_list_that_needs_nothing_is_handed_back_unrecorded() {
        List<Mount> mounts = List.of(Mount.of("bind", "/src", "rbind"));
        MountActivation activation = manager.activate(ActivateMounts.of(name("a"), mounts));
        assertFalse(activation.isRecorded());
        assertEquals(mounts, activation.system());
        assertNothingLeft();
    }

    @Test
    void failed_mounts_are_undone_last_first() {
        fixture.handle(
                "bad", new FailingHandler(new DavitException(Kind.UNAVAILABLE, "not today")));
        DavitException e =
                fails(
                        request(
                                "a",
                                Mount.of("noop", "n0"),
                                Mount.of("tmpfs", "t1"),
                                Mount.of("bad", "b2")));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("activate test/a"), e.getMessage());
        assertTrue(e.getMessage().contains("mount 2"), e.getMessage());
        assertEquals(List.of("mount n0", "mount t1", "unmount 2", "unmount 3"), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void a_handler_that_breaks_is_internal_and_keeps_its_cause() {
        IllegalStateException cause = new IllegalStateException("boom");
        fixture.handle("bad", new FailingHandler(cause));
        DavitException e = fails(request("a", Mount.of("noop", "n"), Mount.of("bad", "b")));
        assertEquals(Kind.INTERNAL, e.kind());
        assertSame(cause, e.getCause().getCause());
        assertNothingLeft();
    }

    @Test
    void a_handler_of_a_bundle_that_is_gone_is_internal() {
        fixture.handle("bad", new FailingHandler(new NoClassDefFoundError("Gone")));
        assertEquals(Kind.INTERNAL, fails(request("a", Mount.of("bad", "b"))).kind());
        assertNothingLeft();
    }

    @Test
    void a_handler_that_returns_nothing_is_refused_and_its_mount_undone() {
        fixture.handle("bad", new ReportingHandler(null));
        assertEquals(Kind.INTERNAL, fails(request("a", Mount.of("bad", "b"))).kind());
        assertEquals(List.of("mount b", "unmount 1"), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void a_handler_that_mounts_elsewhere_is_refused_and_its_mount_undone() {
        for (String elsewhere : List.of("/etc", "", "relative", "/t/../etc")) {
            fixture.calls.clear();
            fixture.handle(
                    "bad",
                    new ReportingHandler(
                            new ActiveMount(Mount.of("bad", "b"), elsewhere, null, Map.of())));
            DavitException e = fails(request("a", Mount.of("bad", "b")));
            assertEquals(Kind.INTERNAL, e.kind());
            assertEquals(2, fixture.calls.size(), fixture.calls::toString);
            assertNothingLeft();
        }
    }

    @Test
    void a_transformer_that_returns_nothing_or_breaks_is_internal() {
        fixture.transform("mkdir", (mount, context) -> null);
        assertEquals(Kind.INTERNAL, fails(request("a", Mount.of("mkdir/noop", "b"))).kind());
        fixture.transform(
                "mkdir",
                (mount, context) -> {
                    throw new IllegalStateException("boom");
                });
        assertEquals(Kind.INTERNAL, fails(request("a", Mount.of("mkdir/noop", "b"))).kind());
        assertNothingLeft();
    }

    @Test
    void what_a_transformer_made_is_taken_back_between_the_mounts() {
        fixture.transform(
                "mkdir",
                new MountTransformer() {
                    @Override
                    public Mount transform(Mount mount, TransformContext context) {
                        context.note("first");
                        context.note("second");
                        return mount;
                    }

                    @Override
                    public void undo(String note, List<Path> allowedRoots) {
                        fixture.calls.add("undo " + note);
                    }
                });
        fixture.handle("bad", new FailingHandler(new DavitException(Kind.UNKNOWN, "no")));
        fails(
                request(
                        "a",
                        Mount.of("noop", "n0"),
                        Mount.of("mkdir/noop", "n1"),
                        Mount.of("bad", "b")));
        assertEquals(
                List.of(
                        "mount n0",
                        "mount n1",
                        "unmount 2",
                        "undo second",
                        "undo first",
                        "unmount 3"),
                fixture.calls);
        assertNothingLeft();
    }

    @Test
    void what_transformers_refuse_beforehand_costs_no_mount() {
        DavitException e =
                fails(
                        request(
                                "a",
                                Mount.of("noop", "n0"),
                                Mount.of("format/overlay", "{{ mount 1 }}")));
        assertEquals(Kind.INVALID_ARGUMENT, e.kind());
        assertTrue(e.getMessage().contains("index=1"), e.getMessage());
        assertEquals(List.of(), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void a_transformer_behind_a_template_is_not_asked_beforehand() {
        fixture.transform(
                "mkdir",
                new MountTransformer() {
                    @Override
                    public void check(Mount mount, int before) {
                        fixture.calls.add("check " + mount.source());
                    }

                    @Override
                    public Mount transform(Mount mount, TransformContext context) {
                        return mount;
                    }
                });
        manager.activate(
                request(
                        "a",
                        Mount.of("noop", "n0"),
                        Mount.of("format/mkdir/bind", "{{ mount 0 }}/x")));
        assertEquals(List.of("mount n0"), fixture.calls);
        manager.activate(request("b", Mount.of("format/mkdir/bind", "plain")));
        assertEquals("check plain", fixture.calls.get(1));
    }

    @Test
    void a_missing_transformer_or_system_is_unavailable_before_the_first_mount() {
        DavitException e = fails(request("a", Mount.of("noop", "n"), Mount.of("mkfs/ext4", "i")));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        fixture.system(null);
        e = fails(request("a", Mount.of("tmpfs", "t"), Mount.of("noop", "n")));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertEquals(List.of(), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void limits_are_checked_before_the_first_mount() {
        Mount[] many = Collections.nCopies(256, Mount.of("noop", "n")).toArray(Mount[]::new);
        List<ActivateMounts> refused =
                List.of(
                        request("a", many),
                        request("a", Mount.of("format/".repeat(500) + "noop", "n")),
                        request("a", Mount.of("noop", "n\n")),
                        request("a", Mount.of("noop", "n".repeat(4097))),
                        request("a", Mount.of("noop", "n", "a\0b")),
                        request(
                                "a",
                                Mount.of("noop", "n").withOptions(Collections.nCopies(65, "o"))));
        for (ActivateMounts request : refused) {
            DavitException e = fails(request);
            assertEquals(Kind.INVALID_ARGUMENT, e.kind());
            assertTrue(e.getMessage().length() < 500, e.getMessage());
        }
        assertEquals(List.of(), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void what_is_only_handed_on_may_hold_anything() {
        Mount odd = Mount.of("bind", "/s\n", "a\0b");
        assertEquals(
                List.of(odd), manager.activate(request("a", Mount.of("noop", "n"), odd)).system());
        manager = fixture.restart();
        assertEquals(List.of(odd), manager.find(name("a")).orElseThrow().system());
    }

    @Test
    void the_root_the_kernels_trees_and_our_own_are_never_bound() throws Exception {
        Path link = Files.createSymbolicLink(base.resolve("link"), Path.of("/proc"));
        for (String source :
                List.of(
                        "/",
                        "/proc",
                        "/sys/fs",
                        "/tmp/../proc",
                        link.toString(),
                        fixture.settings(true).journal().toString(),
                        fixture.target(99).toString())) {
            DavitException e =
                    fails(request("a", Mount.of("bind", source, "ro"), Mount.of("noop", "n")));
            assertEquals(Kind.PERMISSION_DENIED, e.kind(), source);
        }
        assertEquals(List.of(), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void a_bind_within_the_same_activation_is_allowed() {
        manager.activate(
                request(
                        "a",
                        Mount.of("noop", "n"),
                        Mount.of("format/bind", "{{ mount 0 }}/x"),
                        Mount.of("noop", "m")));
        assertEquals(3, manager.find(name("a")).orElseThrow().active().size());
    }

    @Test
    void a_directory_that_is_somebody_elses_is_left_alone() throws Exception {
        Path foreign = Files.createDirectory(fixture.target(1));
        Files.writeString(foreign.resolve("precious"), "x");
        assertEquals(Kind.INTERNAL, fails(request("a", Mount.of("noop", "n"))).kind());
        assertTrue(Files.exists(foreign.resolve("precious")));
        assertTrue(manager.activate(request("a", Mount.of("noop", "n"))).isRecorded());
    }

    @Test
    void an_interrupted_activation_is_cancelled_and_undone_first() throws Exception {
        CountDownLatch mounting = new CountDownLatch(1);
        fixture.handle("slow", new WaitingHandler(mounting, new CountDownLatch(1)));
        Future<Kind> kind =
                onThread(
                        thread -> {
                            Kind k =
                                    fails(
                                                    request(
                                                            "a",
                                                            Mount.of("noop", "n"),
                                                            Mount.of("slow", "s")))
                                            .kind();
                            assertTrue(Thread.currentThread().isInterrupted());
                            return k;
                        },
                        mounting);
        assertEquals(Kind.CANCELLED, kind.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("mount n", "unmount 2"), fixture.calls);
        assertNothingLeft();
    }

    /** Runs a call on a thread of its own and interrupts it once {@code ready}. */
    private static Future<Kind> onThread(
            java.util.function.Function<Thread, Kind> call, CountDownLatch ready)
            throws InterruptedException {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Thread[] worker = new Thread[1];
        Future<Kind> future =
                threads.submit(
                        () -> {
                            worker[0] = Thread.currentThread();
                            return call.apply(worker[0]);
                        });
        ready.await();
        worker[0].interrupt();
        threads.shutdown();
        return future;
    }

    @Test
    void an_interrupted_deactivation_goes_on_without_its_caller() throws Exception {
        CountDownLatch unmounting = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        fixture.handle(
                "slow",
                fixture.new Noop() {
                    @Override
                    public void unmount(String mountPoint) {
                        unmounting.countDown();
                        await(go);
                        super.unmount(mountPoint);
                    }
                });
        manager.activate(request("a", Mount.of("slow", "s")));
        Future<Kind> kind =
                onThread(
                        t ->
                                assertThrows(
                                                DavitException.class,
                                                () -> manager.deactivate(name("a")))
                                        .kind(),
                        unmounting);
        assertEquals(Kind.CANCELLED, kind.get(30, TimeUnit.SECONDS));
        go.countDown();
        // the next call on the name waits until the undoing is through
        manager.activate(request("a", Mount.of("noop", "n")));
        assertEquals(List.of("mount s", "unmount 1", "mount n"), fixture.calls);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted", e);
        }
    }

    @Test
    void a_handler_that_calls_back_on_the_same_name_is_refused() {
        List<Kind> kinds = new ArrayList<>();
        fixture.handle(
                "nested",
                fixture.new Noop() {
                    @Override
                    public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
                        for (Runnable call :
                                List.<Runnable>of(
                                        () -> manager.activate(request("a", mount)),
                                        () -> manager.deactivate(name("a")),
                                        () -> manager.update(name("a"), Map.of(), Set.of()))) {
                            kinds.add(assertThrows(DavitException.class, call::run).kind());
                        }
                        manager.activate(request("other", Mount.of("noop", "o")));
                        return super.mount(mount, at, before);
                    }
                });
        manager.activate(request("a", Mount.of("nested", "n")));
        assertEquals(Collections.nCopies(3, Kind.FAILED_PRECONDITION), kinds);
    }

    @Test
    void of_many_at_once_on_one_name_one_wins() throws Exception {
        int callers = 50;
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        CountDownLatch together = new CountDownLatch(callers);
        List<Future<Kind>> outcomes = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            outcomes.add(
                    threads.submit(
                            () -> {
                                together.countDown();
                                together.await();
                                try {
                                    manager.activate(request("a", Mount.of("noop", "n")));
                                    return null;
                                } catch (DavitException e) {
                                    return e.kind();
                                }
                            }));
        }
        int won = 0;
        for (Future<Kind> outcome : outcomes) {
            Kind kind = outcome.get(30, TimeUnit.SECONDS);
            won += kind == null ? 1 : 0;
            assertTrue(kind == null || kind == Kind.ALREADY_EXISTS, () -> "" + kind);
        }
        threads.shutdownNow();
        assertEquals(1, won);
        assertEquals(List.of("mount n"), fixture.calls);
    }

    @Test
    void a_slow_activation_keeps_no_other_name_waiting_nor_a_collection() throws Exception {
        CountDownLatch mounting = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        fixture.handle("slow", new WaitingHandler(mounting, go));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Future<MountActivation> slow =
                threads.submit(() -> manager.activate(request("slow", Mount.of("slow", "s"))));
        mounting.await();
        manager.activate(request("b", Mount.of("noop", "n")));
        manager.deactivate(name("b"));
        MountCollection collection = new MountCollection(manager.parts(), r -> true);
        collection.remove(name("slow"));
        assertTrue(collection.finish().isEmpty());
        assertEquals(1, manager.check(true).skipped());
        go.countDown();
        assertTrue(slow.get(30, TimeUnit.SECONDS).complete());
        threads.shutdownNow();
        assertTrue(manager.find(name("slow")).orElseThrow().complete());
    }

    @Test
    void the_callers_lists_are_never_changed() {
        List<Mount> mounts =
                new ArrayList<>(
                        List.of(Mount.of("noop", "n"), Mount.of("format/bind", "{{ mount 0 }}")));
        Map<String, String> labels = new java.util.HashMap<>(Map.of("a", "", "b", "1"));
        List<Mount> before = List.copyOf(mounts);
        MountActivation activation =
                manager.activate(ActivateMounts.of(name("a"), mounts).labelled(labels));
        assertEquals(before, mounts);
        assertEquals(Map.of("a", "", "b", "1"), labels);
        assertEquals(Map.of("b", "1"), activation.labels());
    }

    @Test
    void labels_are_updated_whole_or_by_key_and_survive_a_restart() {
        manager.activate(request("a", Mount.of("noop", "n")).labelled(Map.of("x", "1", "y", "2")));
        assertEquals(
                Map.of("x", "3", "y", "2"),
                manager.update(name("a"), Map.of("x", "3", "z", "9"), Set.of("labels.x")).labels());
        assertEquals(
                Map.of("x", "3"), manager.update(name("a"), Map.of(), Set.of("labels.y")).labels());
        assertEquals(
                Map.of("z", "9"),
                manager.update(name("a"), Map.of("z", "9"), Set.of("labels")).labels());
        assertEquals(
                Map.of("q", "1"), manager.update(name("a"), Map.of("q", "1"), Set.of()).labels());
        manager = fixture.restart();
        assertEquals(Map.of("q", "1"), manager.find(name("a")).orElseThrow().labels());
    }

    @Test
    void an_update_of_anything_else_is_refused() {
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(
                                DavitException.class,
                                () -> manager.update(name("a"), Map.of(), Set.of("name")))
                        .kind());
        manager.activate(request("a", Mount.of("noop", "n")));
        for (String path : List.of("name", "labels.", "label", "system")) {
            assertEquals(
                    Kind.INVALID_ARGUMENT,
                    assertThrows(
                                    DavitException.class,
                                    () -> manager.update(name("a"), Map.of(), Set.of(path)))
                            .kind());
        }
    }

    @Test
    void a_plan_says_who_takes_what_and_does_nothing() {
        var steps =
                manager.plan(
                                request(
                                                "a",
                                                Mount.of("tmpfs", "t"),
                                                Mount.of("noop", "n"),
                                                Mount.of("format/overlay", "o"),
                                                Mount.of("foo/bar", "x"))
                                        .leaving(Set.of("overlay")))
                        .steps();
        assertEquals(
                List.of(Taker.SYSTEM_CALL, Taker.HANDLER, Taker.RUNTIME, Taker.CALLER),
                steps.stream().map(s -> s.taker()).toList());
        assertEquals(List.of("format"), steps.get(2).transformers());
        assertEquals("fake.noop", steps.get(1).by());
        assertEquals(List.of("runtime: does not claim the type"), steps.get(0).others());
        assertEquals(
                List.of(
                        "handler: there is none",
                        "system call: nothing performed here needs the mount"),
                steps.get(2).others());
        assertTrue(steps.get(3).others().get(0).contains("\"foo\""));
        assertEquals(List.of(), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void an_explanation_survives_a_restart() {
        var request = request("a", Mount.of("noop", "n"), Mount.of("bind", "b"));
        var plan = manager.plan(request);
        manager.activate(request);
        manager = fixture.restart();
        assertEquals(plan, manager.explain(name("a")));
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(DavitException.class, () -> manager.explain(name("b"))).kind());
    }

    @Test
    void everything_of_an_activation_survives_a_restart() {
        MountActivation activation =
                manager.activate(
                        request(
                                "é/x",
                                new Mount("noop", "s", "t", List.of("o", "")),
                                new Mount("bind", "b", "u", List.of("", "ro"))));
        manager = fixture.restart();
        assertEquals(activation, manager.find(name("é/x")).orElseThrow());
        manager.deactivate(name("é/x"));
        assertNothingLeft();
    }

    @Test
    void calls_on_a_stopped_manager_are_unavailable() {
        manager.close();
        assertEquals(Kind.UNAVAILABLE, fails(request("a", Mount.of("noop", "n"))).kind());
        assertEquals(
                Kind.UNAVAILABLE,
                assertThrows(DavitException.class, () -> manager.deactivate(name("a"))).kind());
    }

    /** A handler that fails. */
    private record FailingHandler(Throwable failure) implements MountHandler {
        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }

        @Override
        public void unmount(String mountPoint) {
            throw new AssertionError("nothing was mounted");
        }
    }

    /** A handler that reports what it is told. */
    private final class ReportingHandler implements MountHandler {
        private final ActiveMount report;

        private ReportingHandler(ActiveMount report) {
            this.report = report;
        }

        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            fixture.calls.add("mount " + mount.source());
            return report;
        }

        @Override
        public void unmount(String mountPoint) {
            fixture.calls.add("unmount " + Path.of(mountPoint).getFileName());
        }
    }

    /** A handler that waits inside a mount. */
    private final class WaitingHandler implements MountHandler {
        private final CountDownLatch mounting;
        private final CountDownLatch go;

        private WaitingHandler(CountDownLatch mounting, CountDownLatch go) {
            this.mounting = mounting;
            this.go = go;
        }

        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            mounting.countDown();
            await(go);
            return new ActiveMount(mount, at, null, Map.of());
        }

        @Override
        public void unmount(String mountPoint) {
            fixture.calls.add("unmount " + Path.of(mountPoint).getFileName());
        }
    }
}

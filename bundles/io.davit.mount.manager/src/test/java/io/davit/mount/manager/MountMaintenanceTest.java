package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.NS;
import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.CollectMounts;
import io.davit.api.mount.CollectMounts.Lease;
import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.CollectedMounts.Verdict;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountReport;
import io.davit.api.mount.MountReport.Finding;
import io.davit.api.mount.MountReport.Problem;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StoreChange.Whole;
import io.davit.spi.mount.MountEntry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** Checks, repairs, collections and the recovery at the start. */
@Timeout(60)
class MountMaintenanceTest {
    private static final Mount NOOP = Mount.of("noop", "n");

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

    private static ActivateMounts leased(String name, String lease) {
        return new ActivateMounts(
                name(name), List.of(NOOP), Set.of(), false, Map.of(), Optional.of(lease));
    }

    private CollectedMounts collect(Set<Reference> alive, Map<Lease, Instant> leases) {
        return manager.collect(new CollectMounts(manager.mark(), alive, leases, false));
    }

    private static Map<String, Boolean> kept(CollectedMounts collected) {
        return collected.verdicts().stream()
                .collect(
                        Collectors.toMap(
                                v -> v.name().map(ActivationName::name).orElse(""), Verdict::kept));
    }

    @Test
    void what_a_living_object_or_lease_refers_to_is_kept() {
        String peer = "containerd.io/gc.bref.";
        manager.activate(request("none", NOOP));
        manager.activate(request("task", NOOP).labelled(Map.of("io.davit.gc.bref.task", "t1")));
        manager.activate(request("dead", NOOP).labelled(Map.of("io.davit.gc.bref.task", "t2")));
        manager.activate(request("box", NOOP).labelled(Map.of(peer + "container/x", "c1")));
        manager.activate(request("snap", NOOP).labelled(Map.of(peer + "snapshot.ovl", "k")));
        manager.activate(request("named", NOOP));
        manager.activate(leased("leased", "l1"));
        manager.activate(leased("expired", "l2"));
        manager.activate(leased("unleased", "l3"));
        Set<Reference> alive =
                Set.of(
                        new Reference(NS, "task", "t1"),
                        new Reference(NS, "container", "c1"),
                        new Reference(NS, "snapshot", "ovl/k"),
                        new Reference(NS, "mount", "named"));
        Map<Lease, Instant> leases =
                Map.of(
                        new Lease(NS, "l1"),
                        Instant.MAX,
                        new Lease(NS, "l2"),
                        Instant.now().minusSeconds(1));
        CollectMounts dry = new CollectMounts(manager.mark(), alive, leases, true);
        CollectedMounts foreseen = manager.collect(dry);
        assertEquals(9, manager.list(NS, List.of()).size());
        CollectedMounts done = collect(alive, leases);
        assertEquals(foreseen.verdicts(), done.verdicts());
        assertEquals(
                Map.of(
                        "none",
                        false,
                        "task",
                        true,
                        "dead",
                        false,
                        "box",
                        true,
                        "snap",
                        true,
                        "named",
                        true,
                        "leased",
                        true,
                        "expired",
                        false,
                        "unleased",
                        false),
                kept(done));
        assertEquals(
                List.of("box", "leased", "named", "snap", "task"),
                manager.list(NS, List.of()).stream().map(a -> a.name().name()).toList());
        assertEquals(List.of(), done.failures());
        assertTrue(manager.check(false).isClean());
    }

    @Test
    void what_is_activated_after_the_mark_is_kept() {
        long mark = manager.mark();
        manager.activate(request("a", NOOP));
        CollectedMounts collected =
                manager.collect(new CollectMounts(mark, Set.of(), Map.of(), false));
        assertEquals(Map.of("a", true), kept(collected));
        assertTrue(manager.find(name("a")).isPresent());
    }

    @Test
    void a_reference_added_after_the_decision_keeps_an_activation() {
        manager.activate(request("a", NOOP));
        MountCollection collection =
                new MountCollection(manager.parts(), r -> !r.labels().containsKey("keep"));
        collection.remove(name("a"));
        manager.update(name("a"), Map.of("keep", "1"), Set.of());
        assertTrue(collection.finish().isEmpty());
        assertTrue(manager.find(name("a")).isPresent());
    }

    @Test
    void orphans_are_removed_and_others_are_not_touched() throws Exception {
        Files.createDirectories(base.resolve("t/7/1"));
        Files.writeString(base.resolve("t/7/1-type"), "noop");
        Files.createDirectories(base.resolve("t/8x/1"));
        Files.createDirectories(base.resolve("t/٩"));
        assertEquals(List.of("7"), collect(Set.of(), Map.of()).directories());
        assertFalse(Files.exists(base.resolve("t/7")));
        assertTrue(Files.exists(base.resolve("t/8x/1")));
        assertTrue(Files.exists(base.resolve("t/٩")));
        assertEquals(List.of("unmount 1"), fixture.calls);
    }

    @Test
    void a_device_of_an_unknown_handler_is_left_for_it() throws Exception {
        Files.createDirectories(base.resolve("t/7"));
        Files.writeString(base.resolve("t/7/1-type"), "loop");
        Files.createSymbolicLink(base.resolve("t/7/1"), Path.of("/dev/null"));
        assertEquals(1, collect(Set.of(), Map.of()).failures().size());
        assertTrue(Files.isSymbolicLink(base.resolve("t/7/1")));
        assertEquals(Problem.LEFT, manager.check(false).findings().get(0).problem());
    }

    private static Map<Problem, Long> problems(MountReport report) {
        return report.findings().stream()
                .collect(Collectors.groupingBy(Finding::problem, Collectors.counting()));
    }

    @Test
    void a_check_tells_missing_left_and_foreign_and_repairs_what_is_ours() throws Exception {
        manager.activate(request("gone", Mount.of("tmpfs", "t"), NOOP));
        fixture.table.clear();
        manager.activate(request("fine", Mount.of("tmpfs", "t"), NOOP));
        Files.createDirectories(base.resolve("t/77"));
        Files.createDirectories(base.resolve("t/other"));
        fixture.table.add(new MountEntry(5, base.toRealPath() + "/t/other", "bind", "/somewhere"));
        Map<Problem, Long> wrong =
                Map.of(Problem.MISSING, 1L, Problem.LEFT, 1L, Problem.FOREIGN, 2L);
        MountReport report = manager.check(false);
        assertEquals(wrong, problems(report));
        assertEquals(2, report.activations());
        assertTrue(report.findings().stream().noneMatch(Finding::repaired));
        MountReport repaired = manager.check(true);
        assertEquals(wrong, problems(repaired));
        assertEquals(2, repaired.findings().stream().filter(Finding::repaired).count());
        assertTrue(manager.find(name("gone")).isEmpty());
        assertTrue(manager.find(name("fine")).isPresent());
        assertEquals(Map.of(Problem.FOREIGN, 2L), problems(manager.check(false)));
    }

    @Test
    void a_handler_that_knows_better_is_asked() {
        boolean[] there = {true};
        fixture.handle(
                "loop",
                fixture.new Noop() {
                    @Override
                    public Optional<Boolean> isMounted(ActiveMount mount) {
                        return Optional.of(there[0]);
                    }

                    @Override
                    public List<String> leftBelow(String directory, Set<String> inUse) {
                        return inUse.isEmpty() ? List.of("/dev/loop7") : List.of();
                    }
                });
        manager.activate(request("a", Mount.of("loop", "i")));
        assertTrue(manager.check(false).isClean());
        there[0] = false;
        assertEquals(Map.of(Problem.MISSING, 1L, Problem.LEFT, 1L), problems(manager.check(true)));
        assertTrue(manager.find(name("a")).isEmpty());
        Finding left = manager.check(false).findings().get(0);
        assertEquals("/dev/loop7", left.what());
        assertFalse(left.repaired());
    }

    @Test
    void interrupted_activations_are_undone_at_the_start_once_their_handler_is_there()
            throws Exception {
        Mount late = Mount.of("late", "x");
        fixture.handle("late", fixture.new Noop());
        manager.activate(request("a", NOOP, late));
        ActivationRecord whole = manager.parts().store().find(1).orElseThrow();
        manager.parts()
                .store()
                .changeDurably(
                        new Whole(
                                new ActivationRecord(
                                        1,
                                        whole.name(),
                                        Map.of(),
                                        Optional.empty(),
                                        Phase.BEGUN,
                                        Instant.now(),
                                        whole.steps(),
                                        List.of())));
        fixture.removeHandler("late");
        manager = fixture.restart();
        assertFalse(manager.find(name("a")).orElseThrow().complete());
        CountDownLatch tried = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (MountRecovery recovery =
                new MountRecovery(
                        true,
                        () -> false,
                        () -> {
                            MountReport report = manager.check(true);
                            tried.countDown();
                            if (manager.parts().store().all().isEmpty()) {
                                done.countDown();
                            }
                            return report;
                        })) {
            recovery.start();
            tried.await();
            fixture.handle("late", fixture.new Noop());
            recovery.wake();
            done.await();
        }
        assertTrue(manager.check(false).isClean());
    }

    @Test
    void a_check_that_cannot_see_the_mount_table_says_so() {
        fixture.system(null);
        assertTrue(manager.check(false).isClean(), "there is nothing to compare");
        manager.activate(request("a", NOOP));
        assertEquals(Map.of(Problem.UNSEEN, 1L), problems(manager.check(true)));
    }

    @Test
    void what_a_call_left_is_undone_once_its_handler_is_there() throws Exception {
        Mount late = Mount.of("late", "x");
        fixture.handle("late", fixture.new Noop());
        manager.activate(request("a", late));
        fixture.removeHandler("late");
        assertThrows(DavitException.class, () -> manager.deactivate(name("a")));
        assertTrue(manager.hasLeft());
        CountDownLatch done = new CountDownLatch(1);
        try (MountRecovery recovery =
                new MountRecovery(
                        false,
                        manager::hasLeft,
                        () -> {
                            MountReport report = manager.check(true);
                            if (!manager.hasLeft()) {
                                done.countDown();
                            }
                            return report;
                        })) {
            recovery.start();
            fixture.handle("late", fixture.new Noop());
            recovery.wake();
            done.await();
        }
        assertTrue(manager.check(false).isClean());
    }
}

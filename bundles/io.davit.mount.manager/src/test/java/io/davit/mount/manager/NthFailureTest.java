package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.journal.JournalException.Reason;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Activates and deactivates again and again, each time with another operation failing, until none
 * fails any more: afterwards nothing is left and the name can be used.
 */
@Timeout(120)
class NthFailureTest {
    private static final ActivateMounts REQUEST =
            request(
                    "a",
                    Mount.of("noop", "n0"),
                    Mount.of("tmpfs", "t1"),
                    Mount.of("noop", "n2"),
                    Mount.of("format/bind", "{{ mount 0 }}"));

    @TempDir Path base;

    /** Runs the scenario once; returns whether something failed. */
    private static boolean run(MountCalls manager) {
        boolean failed = false;
        try {
            manager.activate(REQUEST);
        } catch (DavitException e) {
            failed = true;
        }
        try {
            manager.deactivate(name("a"));
        } catch (DavitException e) {
            failed |= e.kind() != Kind.NOT_FOUND;
        }
        return failed;
    }

    private static void assertClean(ManagerFixture fixture, MountCalls manager, String what) {
        assertEquals(List.of(), List.copyOf(fixture.table), what);
        assertEquals(List.of(), manager.parts().store().all(), what);
        assertEquals(List.of(), manager.parts().targets().numbered(), what);
        assertTrue(manager.activate(REQUEST).complete(), what);
        manager.deactivate(name("a"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"FULL", "IO", "READ_ONLY", "TIMED_OUT"})
    void the_nth_record_fails(Reason reason) throws Exception {
        for (int n = 1; ; n++) {
            ManagerFixture fixture =
                    new ManagerFixture(
                            Files.createDirectory(base.resolve(reason + "-" + n)).toRealPath());
            FailingJournal journal = new FailingJournal(n, reason);
            try (fixture) {
                MountCalls manager = fixture.open(replay -> journal);
                run(manager);
                if (journal.records() < n) {
                    assertTrue(n > 8, "too few records were tried: " + n);
                    return;
                }
                assertClean(fixture, manager, reason + " " + n);
            }
        }
    }

    /** Counts operations and lets one fail. */
    private static final class Fault {
        private final AtomicInteger operations = new AtomicInteger();
        private final int failing;

        private Fault(int failing) {
            this.failing = failing;
        }

        private void hit(String what) {
            if (operations.incrementAndGet() == failing) {
                throw new DavitException(Kind.INTERNAL, "fault in " + what);
            }
        }
    }

    /** A handler with a fault before or after what it does. */
    private static final class FaultyHandler extends ManagerFixture.Noop {
        private final Fault fault;

        private FaultyHandler(ManagerFixture fixture, Fault fault) {
            fixture.super();
            this.fault = fault;
        }

        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            fault.hit("mount");
            return super.mount(mount, at, before);
        }

        @Override
        public void unmount(String mountPoint) {
            fault.hit("before unmount");
            super.unmount(mountPoint);
            fault.hit("after unmount");
        }
    }

    /** System mounts with a fault before or after what they do. */
    private static final class FaultySystem extends ManagerFixture.ListedMounts {
        private final Fault fault;

        private FaultySystem(ManagerFixture fixture, Fault fault) {
            fixture.super();
            this.fault = fault;
        }

        @Override
        public void mount(Mount mount, String at) {
            fault.hit("system mount");
            super.mount(mount, at);
        }

        @Override
        public void unmount(String mountPoint) {
            fault.hit("before system unmount");
            super.unmount(mountPoint);
            fault.hit("after system unmount");
        }
    }

    @org.junit.jupiter.api.Test
    void the_nth_call_of_foreign_code_fails() throws Exception {
        for (int n = 1; ; n++) {
            ManagerFixture fixture =
                    new ManagerFixture(Files.createDirectory(base.resolve("n" + n)).toRealPath());
            Fault fault = new Fault(n);
            fixture.handle("noop", new FaultyHandler(fixture, fault));
            fixture.system(new FaultySystem(fixture, fault));
            try (fixture) {
                MountCalls manager = fixture.open();
                boolean failed = run(manager);
                if (fault.operations.get() < n) {
                    assertTrue(n > 8, "too few operations were tried: " + n);
                    return;
                }
                assertTrue(failed, "fault " + n + " went unnoticed");
                manager.check(true);
                assertClean(fixture, manager, "fault " + n);
            }
        }
    }
}

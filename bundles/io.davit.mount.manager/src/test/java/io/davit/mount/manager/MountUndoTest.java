package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountReport.Problem;
import io.davit.spi.mount.MountEntry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What happens to mounts that do not go away. */
@Timeout(60)
class MountUndoTest {
    private static final Mount NOOP = Mount.of("noop", "n");
    private static final Mount TMPFS = Mount.of("tmpfs", "t");

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

    private DavitException deactivationFails(String name) {
        return assertThrows(DavitException.class, () -> manager.deactivate(name(name)));
    }

    private void assertLeft(long id) {
        assertTrue(Files.isDirectory(fixture.target(id)));
        assertTrue(manager.parts().store().find(id).isPresent());
        assertEquals(Problem.LEFT, manager.check(false).findings().get(0).problem());
    }

    private void assertNothingLeft() {
        assertEquals(List.of(), manager.parts().store().all());
        assertEquals(List.of(), manager.parts().targets().numbered());
        assertTrue(manager.check(false).isClean(), () -> manager.check(false).toString());
    }

    /** A handler whose unmount fails as long as {@code failing}. */
    private final class Stubborn extends ManagerFixtureNoop {
        private volatile boolean failing = true;

        @Override
        public void unmount(String mountPoint) {
            super.unmount(mountPoint);
            if (failing) {
                throw new DavitException(Kind.UNKNOWN, "stubborn");
            }
        }
    }

    /** The fixture's handler, to be extended. */
    private class ManagerFixtureNoop extends ManagerFixture.Noop {
        private ManagerFixtureNoop() {
            fixture.super();
        }
    }

    @Test
    void what_cannot_be_undone_stays_on_record_until_it_is_proven_gone() {
        Stubborn stubborn = new Stubborn();
        fixture.handle("stubborn", stubborn);
        manager.activate(request("a", NOOP, Mount.of("stubborn", "s"), TMPFS, NOOP));
        fixture.calls.clear();
        DavitException e = deactivationFails("a");
        assertTrue(e.getMessage().contains("stubborn"), e.getMessage());
        assertEquals(List.of("unmount 1", "unmount 2", "unmount 3", "unmount 4"), fixture.calls);
        assertTrue(manager.find(name("a")).isEmpty());
        assertEquals(Kind.NOT_FOUND, deactivationFails("a").kind());
        assertLeft(1);
        manager = fixture.restart();
        assertLeft(1);
        assertFalse(manager.check(true).findings().get(0).repaired());
        stubborn.failing = false;
        assertTrue(manager.check(true).findings().get(0).repaired());
        assertNothingLeft();
    }

    @Test
    void the_name_is_free_although_something_is_left() {
        fixture.handle("stubborn", new Stubborn());
        manager.activate(request("a", Mount.of("stubborn", "s")));
        deactivationFails("a");
        assertEquals(2, manager.activate(request("a", NOOP)).id());
        assertEquals(2, manager.parts().store().all().size());
    }

    @Test
    void all_failures_are_told() {
        fixture.handle("stubborn", new Stubborn());
        manager.activate(request("a", Mount.of("stubborn", "s"), Mount.of("stubborn", "t")));
        DavitException e = deactivationFails("a");
        assertEquals(2, e.getMessage().split("stubborn", -1).length - 1, e.getMessage());
    }

    @Test
    void a_handler_that_left_is_waited_for_instead_of_guessed() {
        manager.activate(request("a", NOOP));
        var noop = fixture.catalog().handler("noop").orElseThrow().service();
        fixture.removeHandler("noop");
        assertEquals(Kind.UNAVAILABLE, deactivationFails("a").kind());
        assertLeft(1);
        fixture.handle("noop", noop);
        manager.check(true);
        assertNothingLeft();
    }

    @Test
    void a_handler_that_says_it_is_still_mounted_is_believed() {
        fixture.handle(
                "sticky",
                new ManagerFixtureNoop() {
                    @Override
                    public Optional<Boolean> isMounted(ActiveMount mount) {
                        return Optional.of(true);
                    }
                });
        manager.activate(request("a", Mount.of("sticky", "s")));
        assertEquals(Kind.FAILED_PRECONDITION, deactivationFails("a").kind());
        assertLeft(1);
    }

    @Test
    void every_layer_at_a_mount_point_is_undone() {
        manager.activate(request("a", TMPFS, NOOP));
        MountEntry first = fixture.table.get(0);
        fixture.table.add(new MountEntry(7, first.mountPoint(), "tmpfs", "second"));
        fixture.calls.clear();
        manager.deactivate(name("a"));
        assertEquals(List.of("unmount 1", "unmount 2", "unmount 2"), fixture.calls);
        assertNothingLeft();
    }

    @Test
    void nothing_is_deleted_while_something_foreign_is_mounted_below() throws Exception {
        manager.activate(request("a", TMPFS, NOOP));
        Path stray = Files.createDirectory(fixture.target(1).resolve("stray"));
        Files.writeString(stray.resolve("precious"), "x");
        fixture.table.add(new MountEntry(9, stray.toString(), "bind", "/precious"));
        DavitException e = deactivationFails("a");
        assertTrue(e.getMessage().contains("stray"), e.getMessage());
        assertEquals("x", Files.readString(stray.resolve("precious")));
        assertLeft(1);
    }

    @Test
    void nothing_is_deleted_recursively() throws Exception {
        manager.activate(request("a", TMPFS, NOOP));
        Path content = fixture.target(1).resolve("2/content");
        Files.writeString(content, "x");
        DavitException e = deactivationFails("a");
        assertTrue(e.getMessage().contains("left alone"), e.getMessage());
        assertEquals("x", Files.readString(content));
        assertLeft(1);
        Files.delete(content);
        manager.check(true);
        assertNothingLeft();
    }

    @Test
    void a_link_in_place_of_a_mount_point_is_neither_followed_nor_deleted() throws Exception {
        manager.activate(request("a", TMPFS, NOOP));
        Path outside = Files.createDirectory(base.resolve("outside"));
        Files.delete(fixture.target(1).resolve("2"));
        Files.createSymbolicLink(fixture.target(1).resolve("2"), outside);
        assertEquals(Kind.FAILED_PRECONDITION, deactivationFails("a").kind());
        assertTrue(Files.isDirectory(outside));
        assertLeft(1);
    }

    /** System mounts that stay busy. */
    private final class Busy extends ManagerFixture.ListedMounts {
        private final boolean detaches;

        private Busy(boolean detaches) {
            fixture.super();
            this.detaches = detaches;
        }

        @Override
        public void unmount(String mountPoint) {
            throw new DavitException(Kind.FAILED_PRECONDITION, "busy: " + mountPoint);
        }

        @Override
        public void detach(String mountPoint) {
            if (!detaches) {
                super.detach(mountPoint);
            }
            drop(mountPoint);
        }

        @Override
        public List<String> holders(String mountPoint) {
            return List.of("pid=42 cwd");
        }
    }

    @Test
    void a_busy_mount_is_detached_and_kept_on_record_until_nobody_uses_it() {
        fixture.system(new Busy(true));
        manager.activate(request("a", TMPFS, NOOP));
        fixture.held.add(fixture.table.get(0).id());
        manager.deactivate(name("a"));
        assertEquals(List.of(), List.copyOf(fixture.table));
        assertTrue(manager.check(true).findings().get(0).message().contains("detached"));
        manager = fixture.restart();
        assertFalse(manager.check(true).findings().get(0).repaired());
        fixture.held.clear();
        assertTrue(manager.check(true).findings().get(0).repaired());
        assertNothingLeft();
    }

    @Test
    void a_busy_mount_that_cannot_be_detached_says_who_holds_it() {
        fixture.system(new Busy(false));
        manager.activate(request("a", TMPFS, NOOP));
        DavitException e = deactivationFails("a");
        assertEquals(Kind.FAILED_PRECONDITION, e.kind());
        assertTrue(e.getMessage().contains("held by pid=42 cwd"), e.getMessage());
        assertLeft(1);
        fixture.system(fixture.new ListedMounts());
        manager.check(true);
        assertNothingLeft();
    }

    @Test
    void a_failed_mount_that_the_table_still_shows_is_undone_later() {
        fixture.system(new LeavingMounts());
        assertThrows(DavitException.class, () -> manager.activate(request("a", TMPFS, NOOP)));
        assertEquals(1, fixture.table.size());
        assertLeft(1);
        manager.check(true);
        assertEquals(List.of(), List.copyOf(fixture.table));
        assertNothingLeft();
    }

    /** System mounts that fail and leave the mount behind. */
    private final class LeavingMounts extends ManagerFixture.ListedMounts {
        private LeavingMounts() {
            fixture.super();
        }

        @Override
        public void mount(Mount mount, String at) {
            super.mount(mount, at);
            throw new DavitException(Kind.INTERNAL, "half done");
        }
    }
}

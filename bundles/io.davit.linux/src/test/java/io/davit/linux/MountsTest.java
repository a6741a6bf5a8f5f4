package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Real mounts and loop devices, in a mount namespace of their own. */
class MountsTest {
    @TempDir Path temp;

    private List<MountEntry> mountsBefore;
    private List<LoopDevice.Attached> loopsBefore;

    @BeforeEach
    void look() throws IOException {
        assumeTrue(
                "own".equals(System.getenv("DAVIT_MOUNT_NAMESPACE")),
                "needs root and a mount namespace of its own");
        temp = temp.toRealPath();
        mountsBefore = MountTable.read().entries();
        loopsBefore = LoopDevice.attached();
    }

    @AfterEach
    void nothing_is_left() throws IOException {
        if (mountsBefore == null) {
            return;
        }
        List<MountEntry> after = MountTable.read().entries();
        for (MountEntry entry : MountTable.read().below(temp.toString())) {
            Mounts.unmount(entry.mountPoint(), MountFlags.UMOUNT_DETACH);
        }
        assertEquals(mountsBefore, after);
        assertEquals(loopsBefore, LoopDevice.attached());
    }

    private String dir(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name)).toString();
    }

    private void unmount(String target) throws LinuxException {
        Mounts.unmount(target, MountFlags.UMOUNT_NOFOLLOW);
    }

    @Test
    void a_mount_shows_in_table_and_status_until_it_is_gone() throws IOException {
        String at = dir("t");
        Mounts.mount("davit", at, "tmpfs", MountFlags.NOSUID | MountFlags.NODEV, "size=64k");
        MountEntry entry = MountTable.read().at(at).orElseThrow();
        assertEquals("davit", entry.source());
        FilesystemStatus status = FilesystemStatus.of(at);
        assertEquals(MountFlags.NOSUID | MountFlags.NODEV, status.flags() & 0xf);
        assertEquals(65536, status.availableBytes());
        assertEquals(entry.id(), FileStatus.at(at).mountId());
        assertTrue(FileStatus.at(at).mountRoot());
        unmount(at);
        assertTrue(MountTable.read().at(at).isEmpty());
        assertEquals(Errno.EINVAL, assertThrows(LinuxException.class, () -> unmount(at)).errno());
    }

    @Test
    void a_tree_with_a_mount_inside_is_not_deleted() throws IOException {
        String at = dir("t/with space/m");
        Files.writeString(temp.resolve("t/first"), "kept");
        Mounts.mount("davit", at, "tmpfs", 0, "");
        Files.writeString(Path.of(at, "f"), "kept");
        try (Dir dir = Dir.open(temp)) {
            LinuxException e = assertThrows(LinuxException.class, () -> dir.deleteTree("t"));
            assertEquals(Errno.EBUSY, e.errno());
            assertTrue(Files.exists(temp.resolve("t/first")), "something was removed");
            assertEquals(
                    Errno.EXDEV,
                    assertThrows(
                                    LinuxException.class,
                                    () ->
                                            dir.dir(
                                                    "t/with space/m",
                                                    Resolve.BENEATH.withoutMounts()))
                            .errno());
            unmount(at);
            dir.deleteTree("t");
            assertTrue(dir.find("t").isEmpty());
        }
    }

    @Test
    void a_mount_the_table_does_not_show_in_time_stops_deletion() throws IOException {
        String source = dir("source");
        Files.writeString(temp.resolve("source/f"), "kept");
        String at = dir("t/m");
        // Same filesystem: only the mount's id tells them apart.
        Mounts.mount(source, at, "", MountFlags.BIND, "");
        for (Resolver resolver : List.of(Resolver.KERNEL, old())) {
            try (Dir dir = Dir.open(temp.resolve("t").toString(), resolver)) {
                DeleteTree blind = new DeleteTree(dir);
                LinuxException e =
                        assertThrows(LinuxException.class, () -> blind.deleteUnchecked("m"));
                assertEquals(Errno.EXDEV, e.errno());
            }
            assertTrue(Files.exists(temp.resolve("source/f")));
        }
        unmount(at);
    }

    private static Resolver old() {
        return new Resolver((dir, path, how) -> -Errno.ENOSYS.number());
    }

    @Test
    void relative_layers_start_at_the_working_directory_given() throws IOException {
        for (String layer : List.of("1", "2")) {
            Files.writeString(Path.of(dir("layers/" + layer), layer), layer);
        }
        String at = dir("t");
        Mounts.mountFrom(dir("layers"), "overlay", at, "overlay", 0, "lowerdir=1:2");
        assertTrue(Files.exists(Path.of(at, "1")) && Files.exists(Path.of(at, "2")));
        unmount(at);
        LinuxException e =
                assertThrows(
                        LinuxException.class,
                        () -> Mounts.mountFrom("/no/such", "a", at, "tmpfs", 0, ""));
        assertEquals("chdir", e.call());
    }

    @Test
    void a_filesystem_is_configured_option_by_option() throws IOException {
        String at = dir("t");
        try (FilesystemContext tmpfs = FilesystemContext.open("tmpfs")) {
            tmpfs.string("source", "davit");
            tmpfs.string("size", "64k");
            LinuxException e =
                    assertThrows(LinuxException.class, () -> tmpfs.string("nonsense", "1"));
            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
            tmpfs.create();
            try (DetachedMount mount = tmpfs.mount(MountFlags.ATTR_RDONLY)) {
                mount.attach(at);
            }
        }
        MountEntry entry = MountTable.read().at(at).orElseThrow();
        assertTrue(entry.options().contains("ro"));
        unmount(at);
    }

    @Test
    void a_clone_is_dropped_unless_it_is_attached() throws IOException {
        String source = dir("source");
        Files.writeString(Path.of(source, "f"), "text");
        String at = dir("t");
        DetachedMount.cloneOf(source, true).close();
        try (Descriptor open = Descriptor.open(source, EnumSet.of(OpenFlag.PATH));
                Descriptor to = Descriptor.open(at, EnumSet.of(OpenFlag.PATH));
                DetachedMount clone = DetachedMount.cloneOf(open, false)) {
            clone.setAttributes(MountFlags.ATTR_RDONLY, MountFlags.PRIVATE);
            clone.attach(to);
        }
        assertEquals("text", Files.readString(Path.of(at, "f")));
        assertTrue(MountTable.read().at(at).orElseThrow().options().contains("ro"));
        unmount(at);
    }

    @Test
    void a_loop_device_shows_its_file_and_goes_with_its_user() throws IOException {
        try (Dir dir = Dir.open(temp);
                Descriptor file = dir.create("image", 0600)) {
            file.truncate(1 << 20);
            int number;
            try (LoopDevice loop =
                    attach(file, new LoopDevice.Options("davit:é", false, true, false))) {
                number = loop.number();
                LoopDevice.Status status = loop.status().orElseThrow();
                assertTrue(status.isOf(file.status()));
                assertTrue(status.autoclear());
                assertEquals("davit:é", status.name());
                assertFalse(status.readOnly());
                loop.setAutoclear(false);
            }
            try (LoopDevice again = LoopDevice.open(number, false)) {
                assertTrue(again.status().orElseThrow().isOf(file.status()));
                again.setAutoclear(true);
            }
            try (LoopDevice free = LoopDevice.open(number, true)) {
                Optional<LoopDevice.Status> status = free.status();
                assertFalse(status.isPresent() && status.get().isOf(file.status()));
            }
        }
    }

    @Test
    void a_read_only_loop_device_cannot_be_written() throws IOException {
        try (Dir dir = Dir.open(temp);
                Descriptor file = dir.create("image", 0600)) {
            file.truncate(1 << 20);
            try (LoopDevice loop = attach(file, new LoopDevice.Options("", true, true, true))) {
                assertTrue(loop.status().orElseThrow().readOnly());
                Set<OpenFlag> write = EnumSet.of(OpenFlag.READ, OpenFlag.WRITE);
                assertThrows(LinuxException.class, () -> writeTo(loop.path(), write));
            }
        }
    }

    private static void writeTo(String path, Set<OpenFlag> flags) throws LinuxException {
        try (Descriptor device = Descriptor.open(path, flags)) {
            device.write(new byte[512]);
            device.sync();
        }
    }

    /** Takes a device that is free; another process may be quicker now and then. */
    private static LoopDevice attach(Descriptor file, LoopDevice.Options options)
            throws LinuxException {
        for (int i = 0; i < 50; i++) {
            try {
                return LoopDevice.attach(LoopDevice.free(), file, options);
            } catch (LinuxException e) {
                if (!e.is(Errno.EBUSY)) {
                    throw e;
                }
            }
        }
        throw new LinuxException(Errno.EBUSY, "attach", file.path(), "no free device");
    }
}

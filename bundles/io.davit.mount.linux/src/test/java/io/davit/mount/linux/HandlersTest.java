package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.linux.LoopDevice;
import io.davit.spi.mount.MountHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every handler with real images. */
class HandlersTest extends RealMounts {
    private final LinuxMounts mounts = new LinuxMounts(QUICK);

    private String at(String name) throws IOException {
        return dir("targets") + "/" + name;
    }

    private ActiveMount mount(MountHandler handler, Mount mount, String at) {
        ActiveMount active = handler.mount(mount, at, List.of());
        assertEquals(at, active.mountPoint());
        assertEquals(mount.type(), active.mount().type());
        assertEquals(Optional.of(true), handler.isMounted(active));
        return active;
    }

    private void unmount(MountHandler handler, ActiveMount active) {
        handler.unmount(active.mountPoint());
        assertEquals(Optional.of(false), handler.isMounted(active));
        handler.unmount(active.mountPoint());
        Path at = Path.of(active.mountPoint());
        assertFalse(Files.exists(at, LinkOption.NOFOLLOW_LINKS), at + " was left");
    }

    private String tree() throws IOException {
        file("tree/f", "content");
        return dir("tree");
    }

    private String ext4() throws IOException {
        String image = sparse("ext4.img", 8 << 20);
        run("mkfs.ext4", "-q", "-d", tree(), image);
        return image;
    }

    private String erofs(String name, String tree) throws IOException {
        String image = temp.resolve(name).toString();
        run("mkfs.erofs", image, tree);
        return image;
    }

    @Test
    void ext4_in_a_file_is_mounted() throws IOException {
        Ext4Handler handler = new Ext4Handler(mounts);
        ActiveMount active = mount(handler, Mount.of("ext4", ext4(), "rw"), at("1"));
        assertEquals("content", read(at("1"), "f"));
        Files.writeString(Path.of(at("1"), "new"), "");
        unmount(handler, active);
    }

    @Test
    void xfs_in_a_file_is_mounted() throws IOException {
        String image = sparse("xfs.img", 300 << 20);
        run("mkfs.xfs", "-q", image);
        XfsHandler handler = new XfsHandler(mounts);
        ActiveMount active = mount(handler, Mount.of("xfs", image, "loop"), at("1"));
        Files.writeString(Path.of(at("1"), "new"), "");
        unmount(handler, active);
    }

    @Test
    void squashfs_is_mounted_read_only() throws IOException {
        String image = temp.resolve("squash.img").toString();
        run("mksquashfs", tree(), image, "-quiet", "-no-progress");
        SquashfsHandler handler = new SquashfsHandler(mounts);
        ActiveMount active = mount(handler, Mount.of("squashfs", image), at("1"));
        assertEquals("content", read(at("1"), "f"));
        assertTrue(entry(at("1")).options().contains("ro"));
        unmount(handler, active);
    }

    @Test
    void erofs_is_mounted_from_a_disk_and_from_memory() throws IOException {
        ErofsHandler handler = new ErofsHandler(mounts);
        String image = erofs("erofs.img", tree());
        ActiveMount active = mount(handler, Mount.of("erofs", image, "ro", "loop"), at("1"));
        assertEquals("content", read(at("1"), "f"));
        assertEquals(List.of("ro"), active.mount().options());
        unmount(handler, active);
        // The kernel does not read images that lie in memory itself: this goes through a loop.
        mounts.mount(Mount.of("tmpfs", "tmpfs"), dir("memory"));
        String copy = Files.copy(Path.of(image), temp.resolve("memory/e.img")).toString();
        active = mount(handler, Mount.of("erofs", copy, "ro"), at("1"));
        assertEquals("content", read(at("1"), "f"));
        assertTrue(active.mount().source().startsWith("/dev/loop"), active.toString());
        unmount(handler, active);
        assertEquals(List.of(), ownLoops());
        mounts.unmount(dir("memory"));
    }

    @Test
    void an_image_that_is_none_leaves_nothing() throws IOException {
        String junk = sparse("junk", 1 << 20);
        for (MountHandler handler :
                List.of(
                        new ErofsHandler(mounts),
                        new Ext4Handler(mounts),
                        new SquashfsHandler(mounts))) {
            for (String source : List.of(junk, temp + "/missing", "")) {
                Mount mount = Mount.of(type(handler), source, "ro");
                assertThrows(DavitException.class, () -> handler.mount(mount, at("1"), List.of()));
                assertEquals(0, count(Path.of(dir("targets"))));
            }
        }
        assertEquals(List.of(), ownLoops());
    }

    @Test
    void an_image_of_another_type_is_named_and_leaves_nothing() throws IOException {
        String image = erofs("erofs.img", tree());
        Mount handled = Mount.of("ext4", image, "rw");
        assertNoFilesystem(
                "type=\"ext4\" source=\"" + image + "\" found=erofs",
                () -> new Ext4Handler(mounts).mount(handled, at("1"), List.of()));
        Mount plain = Mount.of("xfs", ext4(), "loop");
        assertNoFilesystem(
                "type=\"xfs\" source=\"" + plain.source() + "\" found=ext4",
                () -> mounts.mount(plain, dir("at")));
        Mount junk = Mount.of("erofs", sparse("junk", 100));
        assertNoFilesystem(
                "type=\"erofs\" source=\"" + junk.source() + "\" found=none",
                () -> new ErofsHandler(mounts).mount(junk, at("1"), List.of()));
        assertEquals(0, count(Path.of(dir("targets"))));
        assertEquals(List.of(), ownLoops());
    }

    private static void assertNoFilesystem(String message, Executable mount) {
        DavitException e = assertThrows(DavitException.class, mount);
        assertEquals(Kind.INVALID_ARGUMENT, e.kind());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static String type(MountHandler handler) {
        String name = handler.getClass().getSimpleName();
        return name.substring(0, name.indexOf("Handler")).toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void integrity_that_cannot_be_checked_is_refused() throws IOException {
        Mount mount = Mount.of("erofs", temp + "/e", "X-containerd.dmverity=" + temp + "/e");
        DavitException e =
                assertThrows(
                        DavitException.class,
                        () -> new ErofsHandler(mounts).mount(mount, at("1"), List.of()));
        assertEquals(Kind.FAILED_PRECONDITION, e.kind());
    }

    @Test
    void layers_of_images_make_an_overlay() throws IOException {
        file("one/f", "one");
        file("two/g", "two");
        ErofsHandler erofs = new ErofsHandler(mounts);
        ActiveMount one = mount(erofs, Mount.of("erofs", erofs("1", dir("one"))), at("3"));
        ActiveMount two = mount(erofs, Mount.of("erofs", erofs("2", dir("two"))), at("2"));
        OverlayHandler overlay = new OverlayHandler(mounts);
        String lower = "lowerdir=" + two.mountPoint() + ":" + one.mountPoint();
        Mount mount =
                Mount.of(
                        "overlay", "overlay", lower, "upperdir=" + dir("u"), "workdir=" + dir("w"));
        ActiveMount top = mount(overlay, mount, at("1"));
        assertEquals("one", read(at("1"), "f"));
        assertEquals("two", read(at("1"), "g"));
        Files.delete(Path.of(at("1"), "f"));
        unmount(overlay, top);
        unmount(erofs, two);
        unmount(erofs, one);
    }

    @Test
    void a_second_layer_on_a_mount_point_goes_too() throws IOException {
        Ext4Handler handler = new Ext4Handler(mounts);
        ActiveMount active = mount(handler, Mount.of("ext4", ext4()), at("1"));
        mounts.mount(Mount.of("tmpfs", "tmpfs"), at("1"));
        unmount(handler, active);
    }

    @Test
    void a_loop_device_outlives_the_call_and_is_mounted_by_its_link() throws IOException {
        LoopHandler handler = new LoopHandler();
        ActiveMount active = mount(handler, Mount.of("loop", ext4(), "ro"), at("2"));
        assertEquals(1, ownLoops().size());
        assertEquals(active.data().get("device"), readLink(at("2")));
        mounts.mount(Mount.of("ext4", at("2"), "ro"), dir("at"));
        assertEquals("content", read(dir("at"), "f"));
        assertEquals(List.of(), handler.leftBelow(dir("targets"), Set.of(at("2"))));
        List<String> left = handler.leftBelow(dir("targets"), Set.of());
        assertEquals(1, left.size());
        assertTrue(left.get(0).contains("ext4.img"), left.toString());
        assertEquals(left, handler.leftBelow(temp.toString(), Set.of()));
        assertEquals(List.of(), handler.leftBelow(dir("elsewhere"), Set.of()));
        mounts.unmount(dir("at"));
        unmount(handler, active);
        assertEquals(List.of(), ownLoops());
    }

    private static String readLink(String at) throws IOException {
        return Files.readSymbolicLink(Path.of(at)).toString();
    }

    @Test
    void a_device_that_belongs_to_somebody_else_is_left_alone() throws IOException {
        LoopHandler handler = new LoopHandler();
        LoopDevice.Options others = new LoopDevice.Options("other", false, true, false);
        try (LoopDevice device = LoopDevices.attach(ext4(), others)) {
            device.setAutoclear(false);
            Files.createSymbolicLink(Path.of(at("1")), Path.of(device.path()));
            handler.unmount(at("1"));
            assertFalse(device.status().orElseThrow().autoclear(), "somebody's device was changed");
            assertFalse(Files.exists(Path.of(at("1")), LinkOption.NOFOLLOW_LINKS));
            device.setAutoclear(true);
        }
        Files.createSymbolicLink(Path.of(at("1")), Path.of("/dev/null"));
        handler.unmount(at("1"));
        assertTrue(Files.deleteIfExists(Path.of(at("1"))), "somebody's link was removed");
    }

    @Test
    void a_loop_device_without_a_file_leaves_nothing() throws IOException {
        LoopHandler handler = new LoopHandler();
        for (String source : List.of(temp + "/missing", dir("directory"), "/dev/null")) {
            Mount mount = Mount.of("loop", source, "ro");
            assertThrows(DavitException.class, () -> handler.mount(mount, at("1"), List.of()));
        }
        assertEquals(0, count(Path.of(dir("targets"))));
        assertEquals(List.of(), ownLoops());
    }
}

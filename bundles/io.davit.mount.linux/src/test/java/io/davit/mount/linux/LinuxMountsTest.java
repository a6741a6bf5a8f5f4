package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.linux.MountTable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** System mounts, really performed. */
class LinuxMountsTest extends RealMounts {
    private final LinuxMounts mounts = new LinuxMounts(QUICK);

    private static Kind kind(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(DavitException.class, call).kind();
    }

    private static Integer owner(String at, String name) throws IOException {
        return (Integer) Files.getAttribute(Path.of(at, name), "unix:uid");
    }

    @Test
    void a_read_only_bind_cannot_be_written() throws IOException {
        file("source/f", "text");
        String at = dir("at");
        mounts.mount(Mount.of("bind", dir("source"), "rbind", "ro", "nosuid"), at);
        assertEquals("text", read(at, "f"));
        assertThrows(IOException.class, () -> Files.writeString(Path.of(at, "g"), ""));
        assertTrue(entry(at).options().containsAll(List.of("ro", "nosuid")));
        mounts.unmount(at);
        mounts.unmount(at);
        assertTrue(Files.notExists(Path.of(at, "f")));
    }

    @Test
    void a_remount_without_data_takes_effect() throws IOException {
        String at = dir("at");
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m", "defaults"), at);
        mounts.mount(Mount.of("tmpfs", "tmpfs", "remount", "ro"), at);
        assertTrue(entry(at).options().contains("ro"));
        mounts.unmount(at);
    }

    @Test
    void a_recursive_bind_is_undone_without_touching_where_it_came_from() throws IOException {
        String source = dir("source");
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m", "rshared"), source);
        String below = Files.createDirectory(Path.of(source, "below")).toString();
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m"), below);
        Files.writeString(Path.of(below, "f"), "text");
        String at = dir("at");
        mounts.mount(Mount.of("bind", source, "rbind"), at);
        assertEquals("text", read(at, "below/f"));
        mounts.unmount(at);
        assertEquals(List.of(), MountTable.read().below(at));
        assertEquals("text", read(below, "f"));
        mounts.unmount(source);
    }

    @Test
    void a_detached_mount_is_held_until_its_last_file_is_closed() throws IOException {
        String at = dir("at");
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m"), at);
        long id = mounts.mountsBelow(at).orElseThrow().get(0).id();
        assertFalse(mounts.isHeld(id));
        file("at/f", "text");
        try (InputStream open = Files.newInputStream(Path.of(at, "f"))) {
            mounts.detach(at);
            assertEquals(List.of(), mounts.mountsBelow(at).orElseThrow());
            assertTrue(mounts.isHeld(id));
            assertEquals('t', open.read());
        }
        assertFalse(mounts.isHeld(id));
    }

    @Test
    void propagation_is_set() throws IOException {
        String at = dir("at");
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m", "rshared"), at);
        assertTrue(entry(at).propagation().toString().contains("shared:"));
        mounts.mount(Mount.of("bind", at, "bind", "slave"), dir("slave"));
        assertTrue(entry(dir("slave")).propagation().toString().contains("master:"));
        mounts.unmount(dir("slave"));
        mounts.unmount(at);
    }

    @Test
    void a_bind_of_what_is_the_systems_own_is_refused() throws IOException {
        String at = dir("at");
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("/proc"));
        for (String source : List.of("/", "/proc", "/sys/kernel", link.toString(), "//")) {
            Mount bind = Mount.of("bind", source, "rbind");
            assertEquals(Kind.PERMISSION_DENIED, kind(() -> mounts.mount(bind, at)), source);
        }
        for (String source : List.of("relative", "/tmp/../proc", "")) {
            Mount bind = Mount.of("bind", source, "rbind");
            assertEquals(Kind.INVALID_ARGUMENT, kind(() -> mounts.mount(bind, at)), source);
        }
        Files.delete(link);
    }

    @Test
    void malformed_options_are_refused_before_anything_happens() throws IOException {
        String at = dir("at");
        for (List<String> options :
                List.of(
                        List.of("ro,upperdir=/etc"),
                        List.of("size=1m\n"),
                        List.of("a\0b"),
                        List.of("lowerdir=/a", "lowerdir=/b"),
                        List.of("context=\"a,b\",size=1m"),
                        List.of("X-containerd.mkdir.path=/a"),
                        java.util.Collections.nCopies(65, "a"))) {
            Mount mount = new Mount("tmpfs", "tmpfs", "", options);
            assertEquals(Kind.INVALID_ARGUMENT, kind(() -> mounts.mount(mount, at)));
        }
    }

    @Test
    void a_target_below_is_opened_in_the_root() throws IOException {
        String at = dir("at");
        file("at/inner/dir/marker", "");
        Files.createSymbolicLink(Path.of(at, "out"), Path.of("/../../inner/dir"));
        mounts.mount(new Mount("tmpfs", "tmpfs", "out", List.of("size=1m", "ro")), at);
        assertEquals(at + "/inner/dir", MountTable.read().below(at).get(0).mountPoint());
        mounts.unmount(at + "/inner/dir");
        file("source/f", "text");
        mounts.mount(new Mount("bind", dir("source"), "inner/dir", List.of("bind", "ro")), at);
        assertTrue(entry(at + "/inner/dir").options().contains("ro"));
        mounts.unmount(at + "/inner/dir");
        Mount missing = new Mount("tmpfs", "tmpfs", "missing", List.of());
        assertEquals(Kind.FAILED_PRECONDITION, kind(() -> mounts.mount(missing, at)));
    }

    @Test
    void a_failed_mount_leaves_nothing_and_says_what_it_tried() throws IOException {
        String at = dir("at");
        DavitException e =
                assertThrows(
                        DavitException.class,
                        () -> mounts.mount(Mount.of("nosuchfs", "x\n", "ro"), at));
        assertEquals(Kind.INVALID_ARGUMENT, e.kind());
        e =
                assertThrows(
                        DavitException.class,
                        () -> mounts.mount(Mount.of("nosuchfs", "src", "ro"), at));
        assertEquals(Kind.FAILED_PRECONDITION, e.kind());
        for (String part : List.of("nosuchfs", "src", at, "ENODEV", "flags=0x1")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void a_loop_device_goes_with_its_mount() throws IOException {
        String image = sparse("image", 8 << 20);
        run("mkfs.ext4", "-q", image);
        String at = dir("at");
        mounts.mount(Mount.of("ext4", image, "loop", "ro", "noload", "direct-io"), at);
        assertEquals(1, ownLoops().size());
        assertTrue(Files.isDirectory(Path.of(at, "lost+found")));
        mounts.unmount(at);
        assertEquals(List.of(), ownLoops());
        Mount bad = Mount.of("xfs", image, "loop");
        assertThrows(DavitException.class, () -> mounts.mount(bad, at));
        assertEquals(List.of(), ownLoops());
        Mount directory = Mount.of("ext4", dir("source"), "loop", "ro");
        assertEquals(Kind.INVALID_ARGUMENT, kind(() -> mounts.mount(directory, at)));
    }

    private List<String> layers(int count) throws IOException {
        List<String> dirs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            file("layers-with-a-long-name/number-" + i + "/fs/" + i, "");
            dirs.add(dir("layers-with-a-long-name/number-" + i + "/fs"));
        }
        return dirs;
    }

    @Test
    void an_overlay_of_very_many_layers_is_mounted() throws IOException {
        String lower = "lowerdir=" + String.join(":", layers(300));
        assertTrue(lower.length() > 8192);
        String at = dir("at");
        String upper = "upperdir=" + dir("upper");
        String work = "workdir=" + dir("work");
        mounts.mount(Mount.of("overlay", "overlay", lower, upper, work, "nodev"), at);
        assertEquals(300, count(Path.of(at)));
        Files.writeString(Path.of(at, "new"), "");
        assertTrue(Files.exists(temp.resolve("upper/new")));
        assertTrue(entry(at).options().contains("nodev"));
        mounts.unmount(at);
    }

    @Test
    void a_long_overlay_is_mounted_by_older_kernels_too() throws IOException {
        String lower = "lowerdir=" + String.join(":", layers(60));
        MountKernel old = new OldKernel(new LinuxKernel(QUICK));
        String at = dir("at");
        new MountSequence(old).mount(Mount.of("overlay", "overlay", lower), new MountPlace(at, ""));
        assertEquals(60, count(Path.of(at)));
        mounts.unmount(at);
    }

    @Test
    void directories_with_separators_in_their_names_are_layered() throws IOException {
        file("a:b,c\\d/f", "odd");
        file("plain/g", "plain");
        String odd = temp + "/a\\:b\\,c\\\\d";
        String at = dir("at");
        mounts.mount(Mount.of("overlay", "overlay", "lowerdir=" + odd + ":" + dir("plain")), at);
        assertEquals("odd", read(at, "f"));
        mounts.unmount(at);
        MountKernel kernel = new LinuxKernel(QUICK);
        if (kernel.takesLayersSingly()) {
            dir("up:a,b");
            dir("work:a,b");
            List<String> data =
                    List.of(
                            "lowerdir=" + odd + ":" + dir("plain"),
                            "upperdir=" + temp + "/up\\:a\\,b",
                            "workdir=" + temp + "/work\\:a\\,b");
            kernel.mountOverlay(new MountPlace(at, ""), "overlay", 0, data);
            assertEquals("odd", read(at, "f"));
            Files.writeString(Path.of(at, "new"), "");
            assertTrue(Files.exists(temp.resolve("up:a,b/new")));
            mounts.unmount(at);
        }
    }

    @Test
    void owners_are_mapped_in_one_layer() throws IOException {
        file("source/f", "text");
        String at = dir("at");
        String[] maps = {"uidmap=0:100000:10", "gidmap=0:100000:10"};
        mounts.mount(Mount.of("bind", dir("source"), "rbind", "ro", maps[0], maps[1]), at);
        assertEquals(100000, owner(at, "f"));
        assertEquals(0, owner(dir("source"), "f"));
        assertTrue(entry(at).options().contains("ro"));
        assertEquals(1, layers(at));
        mounts.unmount(at);
        String image = sparse("image", 8 << 20);
        run("mkfs.ext4", "-q", image);
        mounts.mount(Mount.of("ext4", image, "loop", maps[0], maps[1]), at);
        assertEquals(100000, owner(at, "lost+found"));
        assertEquals(1, layers(at));
        mounts.unmount(at);
    }

    @Test
    void an_overlay_is_made_of_layers_with_mapped_owners() throws IOException {
        file("layers/1/f", "one");
        file("layers/2/g", "two");
        String lower = "lowerdir=" + dir("layers/1") + ":" + dir("layers/2");
        String at = dir("at");
        Mount overlay =
                Mount.of(
                        "overlay",
                        "overlay",
                        lower,
                        "upperdir=" + dir("upper"),
                        "workdir=" + dir("work"),
                        "uidmap=0:1000:10",
                        "gidmap=0:1000:10");
        mounts.mount(overlay, at);
        assertEquals(1000, owner(at, "f"));
        assertEquals("two", read(at, "g"));
        mounts.unmount(at);
        assertEquals(0, count(Path.of(QUICK.temporaryDirectory())));
    }

    @Test
    void layers_of_a_killed_process_are_removed() throws IOException {
        String shown = dir("layers/999999999-1-1");
        Files.setPosixFilePermissions(
                temp.resolve("layers"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        mounts.mount(Mount.of("tmpfs", "tmpfs"), shown);
        dir("layers/somebody-elses");
        new MappedLayers(temp + "/layers").removeStale();
        assertFalse(Files.exists(Path.of(shown)));
        assertTrue(Files.exists(temp.resolve("layers/somebody-elses")));
    }

    @Test
    void a_busy_mount_names_who_holds_it_and_can_be_detached() throws Exception {
        String at = dir("at");
        mounts.mount(Mount.of("tmpfs", "tmpfs", "size=1m"), at);
        file("at/f", "text");
        Process inside = new ProcessBuilder("cat").directory(Path.of(at).toFile()).start();
        try (InputStream open = Files.newInputStream(Path.of(at, "f"))) {
            DavitException e = assertThrows(DavitException.class, () -> mounts.unmount(at));
            assertEquals(Kind.FAILED_PRECONDITION, e.kind());
            String holders = mounts.holders(at).toString();
            assertTrue(holders.contains("pid " + inside.pid() + " (cat) cwd"), holders);
            assertTrue(holders.contains("pid " + ProcessHandle.current().pid()), holders);
            assertTrue(holders.contains(at + "/f"), holders);
            assertTrue(e.getMessage().contains("pid " + inside.pid()), e.getMessage());
            mounts.detach(at);
            mounts.detach(at);
            assertEquals(List.of(), mounts.mountsBelow(at).orElseThrow());
            assertEquals('t', open.read());
        } finally {
            inside.destroyForcibly().waitFor();
        }
        assertEquals(List.of(), mounts.holders(at));
    }

    @Test
    void mounts_below_are_told_oldest_first() throws IOException {
        String at = dir("at");
        mounts.mount(Mount.of("tmpfs", "lower", "size=1m"), at);
        mounts.mount(Mount.of("tmpfs", "upper", "size=1m"), at);
        mounts.mount(Mount.of("tmpfs", "inner", "size=1m"), dir("at/inner"));
        List<String> sources =
                mounts.mountsBelow(at).orElseThrow().stream().map(e -> e.source()).toList();
        assertEquals(List.of("lower", "upper", "inner"), sources);
        String busy = mounts.holders(at).toString();
        assertTrue(busy.contains("mount " + at + "/inner"), busy);
        mounts.unmount(at + "/inner");
        mounts.unmount(at);
        assertEquals(1, mounts.mountsBelow(at).orElseThrow().size());
        mounts.unmount(at);
        mounts.unmount(temp + "/missing");
    }

    @Test
    void a_fuse_helper_that_is_missing_or_fails_is_named() throws IOException {
        String at = dir("at");
        Mount fuse = Mount.of("fuse9.x", "s");
        assertEquals(Kind.FAILED_PRECONDITION, kind(() -> mounts.mount(fuse, at)));
        if (HelperProgram.find("mount.fuse3").isEmpty()) {
            DavitException e =
                    assertThrows(
                            DavitException.class, () -> mounts.mount(Mount.of("fuse3.x", "s"), at));
            assertTrue(e.getMessage().contains("mount.fuse3"), e.getMessage());
        }
    }
}

package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.linux.MountTable;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** File systems in user space, by their real helpers. */
class FuseTest extends RealMounts {
    private final LinuxMounts mounts = new LinuxMounts(QUICK);

    @BeforeEach
    void requireFuse() {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs /dev/fuse");
    }

    private static void requireProgram(String name) {
        assumeTrue(
                Stream.of("/usr/bin", "/usr/sbin", "/sbin", "/bin")
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name))),
                "needs " + name);
    }

    private String squashfs() throws IOException {
        requireProgram("squashfuse");
        requireProgram("mksquashfs");
        file("tree/f", "content");
        String image = temp.resolve("image.squashfs").toString();
        run("mksquashfs", dir("tree"), image, "-quiet", "-noappend");
        return image;
    }

    /** The processes that serve something of this test. */
    private List<ProcessHandle> servers() {
        return ProcessHandle.allProcesses()
                .filter(p -> commandLine(p.pid()).contains(temp.toString()))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    private void assertServersEnd(List<ProcessHandle> servers) throws Exception {
        for (ProcessHandle server : servers) {
            server.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fuse", "fuse3"})
    void an_image_is_shown_and_its_server_ends_with_it(String helper) throws Exception {
        requireProgram("mount." + helper);
        String at = dir("at");
        mounts.mount(Mount.of(helper + ".squashfuse", squashfs(), "ro"), at);
        List<ProcessHandle> servers = servers();
        assertEquals("content", read(at, "f"));
        assertEquals("fuse.squashfuse", entry(at).fsType());
        assertEquals(1, servers.size());
        mounts.unmount(at);
        assertServersEnd(servers);
    }

    @Test
    void layers_are_merged_and_can_be_written() throws Exception {
        requireProgram("mount.fuse3");
        requireProgram("fuse-overlayfs");
        file("lower/f", "lower");
        String at = dir("at");
        mounts.mount(
                Mount.of(
                        "fuse3.fuse-overlayfs",
                        "overlay",
                        "lowerdir=" + dir("lower"),
                        "upperdir=" + dir("upper"),
                        "workdir=" + dir("work")),
                at);
        List<ProcessHandle> servers = servers();
        assertEquals("lower", read(at, "f"));
        Files.writeString(Path.of(at, "f"), "changed");
        assertEquals("changed", read(dir("upper"), "f"));
        mounts.unmount(at);
        assertServersEnd(servers);
    }

    @Test
    void a_helper_that_fails_is_told_and_leaves_nothing() throws IOException {
        requireProgram("mount.fuse3");
        requireProgram("squashfuse");
        String at = dir("at");
        Mount broken = Mount.of("fuse3.squashfuse", file("no-image", "text"));
        DavitException e = assertThrows(DavitException.class, () -> mounts.mount(broken, at));
        assertTrue(e.getMessage().contains("mount.fuse3"), e.getMessage());
        assertEquals(List.of(), MountTable.read().below(at));
        assertEquals(List.of(), servers());
    }

    @Test
    void a_server_that_was_killed_does_not_keep_its_mount() throws Exception {
        requireProgram("mount.fuse3");
        String at = dir("at");
        mounts.mount(Mount.of("fuse3.squashfuse", squashfs()), at);
        List<ProcessHandle> servers = servers();
        servers.forEach(ProcessHandle::destroyForcibly);
        assertServersEnd(servers);
        assertThrows(IOException.class, () -> read(at, "f"));
        mounts.unmount(at);
        assertEquals(List.of(), MountTable.read().below(at));
    }
}

package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A guest cannot leave its files: what lies outside is neither read nor changed. */
class EscapeTest {
    @TempDir Path directory;
    private Sandbox sandbox;
    private Path host;
    private Path outside;
    private Map<String, String> before;

    /** Makes what the tests run in. */
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base);
    }

    @BeforeEach
    void open() throws IOException {
        sandbox = sandbox(directory).with("probe");
        host = Files.createDirectories(directory.resolve("host"));
        outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createDirectories(outside.resolve("dir"));
        Files.createDirectories(host.resolve("deep/er"));
        Files.writeString(host.resolve("own"), "own");
        link("absolute", outside.toString());
        link("relative", "../outside");
        link("deep/er/up", "../../../outside");
        link("second", "absolute");
        link("file", outside.resolve("secret").toString());
        link("near", "../outside/secret");
        link("dangling", outside.resolve("new").toString());
        link("dots", "deep/../../outside");
        link("etc", "/etc");
        link("proc", "/proc/self/root");
        before = snapshot();
        sandbox.bind(host, "/h");
    }

    @AfterEach
    void nothing_outside_has_changed() throws IOException {
        sandbox.close();
        try (var files = Files.walk(directory)) {
            for (Path each : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(each);
            }
        }
        assertEquals(before, snapshot());
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(host.resolve(name), Path.of(target));
    }

    private Map<String, String> snapshot() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (var files = Files.walk(outside)) {
            for (Path each : files.toList()) {
                Map<String, Object> known =
                        Files.readAttributes(
                                each,
                                "unix:size,mode,nlink,lastModifiedTime,ctime,ino",
                                LinkOption.NOFOLLOW_LINKS);
                all.put(outside.relativize(each).toString(), new TreeMap<>(known).toString());
            }
        }
        return all;
    }

    @Test
    void reading_through_links_that_lead_out_fails() {
        Probe.check(
                sandbox,
                "read /h/absolute/secret -> ENOTCAPABLE",
                "read /h/relative/secret -> ENOENT",
                "read /h/deep/er/up/secret -> ENOENT",
                "read /h/second/secret -> ENOTCAPABLE",
                "read /h/file -> ENOTCAPABLE",
                "read /h/near -> ENOENT",
                "read /h/dots/secret -> ENOENT",
                "read /h/etc/passwd -> ENOTCAPABLE",
                "read /h/proc/etc/passwd -> ENOTCAPABLE",
                "list /h/absolute -> ENOTCAPABLE",
                "list /h/absolute/dir -> ENOTCAPABLE",
                "list /h/relative -> ENOENT",
                "stat /h/file -> ENOTCAPABLE",
                "stat /h/absolute/dir/ -> ENOTCAPABLE",
                "lstat /h/etc -> link size=4 links=1",
                "readlink /h/etc -> /etc");
    }

    @Test
    void making_and_changing_through_links_that_lead_out_fails() {
        Probe.check(
                sandbox,
                "write /h/absolute/new x -> ENOTCAPABLE",
                "write /h/dangling x -> ENOTCAPABLE",
                "new /h/dangling x -> EEXIST",
                "write /h/file x -> ENOTCAPABLE",
                "append /h/file x -> ENOTCAPABLE",
                "over /h/near x -> ENOENT",
                "truncate /h/file 0 -> ENOTCAPABLE",
                "times /h/file 1 -> ENOTCAPABLE",
                "mkdir /h/absolute/new -> ENOTCAPABLE",
                "mkdir /h/relative/new -> ENOENT",
                "mkdir /h/dangling -> EEXIST",
                "rmdir /h/absolute/dir -> ENOTCAPABLE",
                "unlink /h/absolute/secret -> ENOTCAPABLE",
                "unlink /h/relative/secret -> ENOENT",
                "rename /h/own /h/absolute/own -> ENOTCAPABLE",
                "rename /h/absolute/secret /h/mine -> ENOTCAPABLE",
                "link /h/absolute/secret /h/mine -> ENOTCAPABLE",
                "link /h/own /h/absolute/mine -> ENOTCAPABLE",
                "symlink x /h/absolute/mine -> ENOTCAPABLE",
                "read /h/own -> [own]");
    }

    @Test
    void dots_do_not_lead_above_the_root() {
        Probe.check(
                sandbox,
                "read ../x -> ENOTCAPABLE",
                "read ../../../../etc/passwd -> ENOTCAPABLE",
                "read /../etc/passwd -> ENOTCAPABLE",
                "read /h/../../etc/passwd -> ENOTCAPABLE",
                "read /h/deep/../../../outside/secret -> ENOTCAPABLE",
                "read /etc/passwd -> ENOENT",
                "beneath /h ../probe.wasm -> ENOTCAPABLE",
                "beneath /h/deep er/../../own -> ENOTCAPABLE",
                "beneath /h own -> ok",
                "read /h/deep/../own -> [own]",
                "write ../new x -> ENOTCAPABLE",
                "mkdir ../new -> ENOTCAPABLE",
                "rename /h/own ../own -> ENOTCAPABLE",
                "list .. -> ENOTCAPABLE");
    }

    @Test
    void links_a_guest_makes_lead_nowhere_outside() {
        Probe.check(
                sandbox,
                "symlink /etc /h/mine -> ENOTCAPABLE",
                "symlink ../outside /h/mine -> ENOTCAPABLE",
                "symlink deep/../../outside /h/mine -> ENOTCAPABLE",
                "symlink deep /h/mine -> ok",
                "list /h/mine -> er/",
                "rename /h/deep/er/up /h/up -> ok",
                "read /h/up/secret -> ENOTCAPABLE",
                "rename /h/absolute /h/deep/absolute -> ok",
                "read /h/deep/absolute/secret -> ENOTCAPABLE",
                "rename /h/etc /h/mine -> ok",
                "read /h/mine/passwd -> ENOTCAPABLE",
                "link /h/proc /h/hard -> ok",
                "read /h/hard/etc/passwd -> ENOTCAPABLE",
                "unlink /h/file -> ok",
                "rename /h/relative /h/second -> ok",
                "read /h/second/secret -> ENOENT");
    }

    @Test
    void an_absolute_link_finds_what_the_guest_has() throws IOException {
        Files.createDirectories(sandbox.root().resolve("etc"));
        Files.writeString(sandbox.root().resolve("etc/passwd"), "the guest's");
        Probe.check(
                sandbox,
                "read /h/etc/passwd -> [the guest's]",
                "read /h/etc/shadow -> ENOENT",
                "write /h/etc/new x -> ok",
                "list /etc -> new passwd");
        assertFalse(Files.exists(Path.of("/etc/new")));
    }

    @Test
    void an_overlay_keeps_a_guest_in_as_well() throws IOException {
        Path upper = Files.createDirectories(directory.resolve("upper"));
        Path work = Files.createDirectories(directory.resolve("work"));
        sandbox.mount(
                new io.davit.api.mount.Mount(
                        "overlay",
                        "overlay",
                        "/o",
                        java.util.List.of(
                                "lowerdir=" + host, "upperdir=" + upper, "workdir=" + work)));
        Probe.check(
                sandbox,
                "read /o/absolute/secret -> ENOTCAPABLE",
                "write /o/absolute/new x -> ENOTCAPABLE",
                "write /o/dangling x -> ENOTCAPABLE",
                "append /o/file x -> ENOTCAPABLE",
                "rename /o/absolute /o/moved -> ok",
                "read /o/moved/secret -> ENOTCAPABLE",
                "mkdir /o/moved/new -> ENOTCAPABLE",
                "rename /o/own /o/deep/er/up/own -> ENOENT");
        assertEquals("own", Files.readString(host.resolve("own")));
    }
}

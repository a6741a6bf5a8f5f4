package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An overlay in user space: two lower directories, changes in the upper one alone. */
class OverlayTest {
    @TempDir Path directory;
    private Sandbox sandbox;
    private Path low;
    private Path lower;
    private Path upper;
    private Path work;

    /** Makes what the tests run in. */
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base);
    }

    @BeforeEach
    void open() throws IOException {
        sandbox = sandbox(directory).with("probe");
        low = Files.createDirectories(directory.resolve("low"));
        lower = Files.createDirectories(directory.resolve("lower"));
        upper = Files.createDirectories(directory.resolve("upper"));
        work = Files.createDirectories(directory.resolve("work"));
        write(low, "both", "low");
        write(low, "deep/a/b/file", "deep");
        write(low, "only-low", "low");
        write(lower, "both", "lower");
        write(lower, "deep/a/other", "other");
        write(lower, "dir/x", "x");
        write(lower, "dir/sub/y", "y");
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private static void write(Path base, String name, String text) throws IOException {
        Path file = base.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void mount(String... more) {
        List<String> options = new ArrayList<>();
        options.add("lowerdir=" + lower + ":" + low);
        options.addAll(List.of(more));
        sandbox.mount(new Mount("overlay", "overlay", "/o", options));
    }

    private void mountWritable() {
        mount("upperdir=" + upper, "workdir=" + work);
    }

    /** The names and contents of a layer, marks included. */
    private static List<String> tree(Path base) throws IOException {
        try (var files = Files.walk(base)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> base.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void layers_are_merged_and_the_topmost_wins() {
        mount();
        Probe.check(
                sandbox,
                "list /o -> both deep/ dir/ only-low",
                "list /o/deep/a -> b/ other",
                "read /o/both -> [lower]",
                "read /o/only-low -> [low]",
                "read /o/deep/a/b/file -> [deep]",
                "write /o/new x -> EROFS",
                "unlink /o/both -> EROFS");
    }

    @Test
    void a_changed_file_is_copied_up_with_what_is_known_of_it() throws IOException {
        Path file = low.resolve("deep/a/b/file");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(
                low.resolve("deep/a/b"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(low.resolve("deep/a/b"), FileTime.from(Instant.EPOCH));
        mountWritable();
        Probe.check(
                sandbox,
                "append /o/deep/a/b/file er -> ok",
                "read /o/deep/a/b/file -> [deeper]",
                "list /o/deep/a -> b/ other");
        assertEquals("deep", Files.readString(file));
        assertEquals("deeper", Files.readString(upper.resolve("deep/a/b/file")));
        assertEquals(
                "rw-r-----",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(upper.resolve("deep/a/b/file"))));
        assertEquals(
                "rwxr-x---",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(upper.resolve("deep/a/b"))));
        assertEquals(List.of(), tree(work));
    }

    @Test
    void removed_names_stay_removed_and_can_be_made_again() throws IOException {
        mountWritable();
        Probe.check(
                sandbox,
                "unlink /o/both -> ok",
                "read /o/both -> ENOENT",
                "list /o -> deep/ dir/ only-low",
                "unlink /o/both -> ENOENT",
                "write /o/both again -> ok",
                "read /o/both -> [again]",
                "unlink /o/dir/x -> ok",
                "rmdir /o/dir -> ENOTEMPTY",
                "unlink /o/dir/sub/y -> ok",
                "rmdir /o/dir/sub -> ok",
                "rmdir /o/dir -> ok",
                "list /o -> both deep/ only-low",
                "mkdir /o/dir -> ok",
                "list /o/dir -> (empty)",
                "write /o/dir/z z -> ok",
                "list /o/dir -> z");
        assertEquals("lower", Files.readString(lower.resolve("both")));
        assertTrue(Files.exists(lower.resolve("dir/sub/y")));
        // What is on disk means the same to the next task.
        Probe.check(
                sandbox,
                "list /o -> both deep/ dir/ only-low",
                "list /o/dir -> z",
                "read /o/both -> [again]");
    }

    @Test
    void files_and_whole_directories_are_renamed() throws IOException {
        mountWritable();
        Probe.check(
                sandbox,
                "rename /o/both /o/renamed -> ok",
                "read /o/renamed -> [lower]",
                "read /o/both -> ENOENT",
                "rename /o/deep /o/moved -> ok",
                "list /o/moved/a -> b/ other",
                "read /o/moved/a/b/file -> [deep]",
                "list /o/deep -> ENOENT",
                "mkdir /o/deep -> ok",
                "list /o/deep -> (empty)",
                "rename /o/moved /o/deep -> ok",
                "list /o/deep/a -> b/ other",
                "rename /o/deep/a /o/deep/a/b/in -> EINVAL",
                "rename /o/renamed /o/only-low -> ok",
                "read /o/only-low -> [lower]",
                "rename /o/dir /o/only-low -> ENOTDIR",
                "rename /o/only-low /o/dir -> EISDIR",
                "list /o -> deep/ dir/ only-low");
        assertEquals(List.of("both", "deep/a/b/file", "only-low"), tree(low));
    }

    @Test
    void links_are_made_and_copied_up() throws IOException {
        Files.createSymbolicLink(lower.resolve("l"), Path.of("dir/x"));
        mountWritable();
        Probe.check(
                sandbox,
                "read /o/l -> [x]",
                "symlink both /o/s -> ok",
                "read /o/s -> [lower]",
                "link /o/dir/x /o/hard -> ok",
                "stat /o/hard -> file size=1 links=2",
                "append /o/hard y -> ok",
                "read /o/dir/x -> [xy]",
                "rename /o/l /o/l2 -> ok",
                "readlink /o/l2 -> dir/x",
                "times /o/only-low 1000000 -> mtime=1000000",
                "times /o/deep 1000000 -> mtime=1000000");
        assertTrue(Files.isSymbolicLink(upper.resolve("l2")));
        assertEquals("x", Files.readString(lower.resolve("dir/x")));
    }

    @Test
    void marks_of_other_tools_are_understood() throws IOException {
        write(lower, ".wh.only-low", "");
        write(lower, "deep/.wh..wh..opq", "");
        mount();
        Probe.check(
                sandbox,
                "list /o -> both deep/ dir/",
                "read /o/only-low -> ENOENT",
                "list /o/deep/a -> other",
                "read /o/.wh.only-low -> ENOENT");
    }

    @Test
    void a_whiteout_device_hides_a_name() throws Exception {
        Path device = lower.resolve("only-low");
        int made = new ProcessBuilder("mknod", device.toString(), "c", "0", "0").start().waitFor();
        org.junit.jupiter.api.Assumptions.assumeTrue(made == 0, "needs the right to make devices");
        mountWritable();
        Probe.check(
                sandbox,
                "list /o -> both deep/ dir/",
                "read /o/only-low -> ENOENT",
                "write /o/only-low new -> ok",
                "read /o/only-low -> [new]");
    }

    @Test
    void marks_cannot_be_made_by_guests() {
        mountWritable();
        Probe.check(
                sandbox,
                "write /o/.wh.both x -> EPERM",
                "mkdir /o/.wh.x -> EPERM",
                "rename /o/both /o/.wh.dir -> EPERM",
                "read /o/both -> [lower]");
    }

    @Test
    void an_overlay_can_be_the_root() throws IOException {
        Files.copy(CProgram.module("probe"), low.resolve("probe.wasm"));
        sandbox.rootMount(
                new Mount(
                        "overlay",
                        "overlay",
                        "",
                        List.of(
                                "lowerdir=" + lower + ":" + low,
                                "upperdir=" + upper,
                                "workdir=" + work)));
        Probe.check(
                sandbox,
                "write /new x -> ok",
                "rename /new /dir/new -> ok",
                "list /dir -> new sub/ x");
        assertEquals(List.of("dir/new"), tree(upper));
    }

    @Test
    void a_malformed_overlay_is_refused() {
        mount("upperdir=" + upper);
        assertEquals(Kind.INVALID_ARGUMENT, refused().kind());
    }

    @Test
    void an_option_that_would_mean_something_else_is_refused() {
        mount("metacopy=on");
        DavitException refused = refused();
        assertEquals(Kind.NOT_IMPLEMENTED, refused.kind());
        assertTrue(refused.getMessage().contains("metacopy=on"), refused.getMessage());
    }

    @Test
    void a_missing_layer_is_named() {
        sandbox.mount(
                new Mount("overlay", "overlay", "/o", List.of("lowerdir=" + directory + "/nope")));
        DavitException refused = refused();
        assertEquals(Kind.NOT_FOUND, refused.kind());
        assertTrue(refused.getMessage().contains("nope"), refused.getMessage());
        assertFalse(Files.exists(directory.resolve("nope")));
    }

    private DavitException refused() {
        return assertThrows(DavitException.class, () -> sandbox.run("/probe.wasm"));
    }
}

package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a guest sees of a directory of the host that is its root or is bound into it. */
class FileSystemTest {
    @TempDir Path directory;
    private Sandbox sandbox;
    private Path host;

    /** Makes what the tests run in. */
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base);
    }

    @BeforeEach
    void open() throws IOException {
        sandbox = sandbox(directory).with("probe");
        host = Files.createDirectories(directory.resolve("host"));
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private void check(String... operationsAndResults) {
        Probe.check(sandbox, operationsAndResults);
    }

    @Test
    void files_are_made_read_changed_and_removed() throws IOException {
        check(
                "write /a hello -> ok",
                "read /a -> [hello]",
                "new /a again -> EEXIST",
                "append /a ! -> ok",
                "read /a -> [hello!]",
                "over /a J -> ok",
                "read /a -> [Jello!]",
                "truncate /a 2 -> ok",
                "stat /a -> file size=2 links=1",
                "truncate /a 5 -> ok",
                "stat /a -> file size=5 links=1",
                "times /a 1000000 -> mtime=1000000",
                "unlink /a -> ok",
                "read /a -> ENOENT",
                "over /a x -> ENOENT",
                "write /b kept -> ok");
        assertEquals("kept", Files.readString(sandbox.root().resolve("b")));
    }

    @Test
    void directories_are_made_listed_and_removed() {
        check(
                "mkdir /d -> ok",
                "mkdir /d -> EEXIST",
                "mkdir /d/e -> ok",
                "mkdir /d/e/f -> ok",
                "mkdir /x/y -> ENOENT",
                "mkdir /probe.wasm/y -> ENOTDIR",
                "write /d/file 1 -> ok",
                "list /d -> e/ file",
                "list /d/e/f -> (empty)",
                "count /d -> 4",
                "rmdir /d -> ENOTEMPTY",
                "rmdir /d/file -> ENOTDIR",
                "unlink /d/e -> EISDIR",
                "write /d x -> EISDIR",
                "read /d/file/ -> ENOTDIR",
                "rmdir /d/e/f/ -> ok",
                "rmdir /d/e -> ok",
                "unlink /d/file -> ok",
                "rmdir /d -> ok",
                "list /d -> ENOENT",
                "mkdir / -> EEXIST");
    }

    @Test
    void renames_replace_what_posix_says() throws IOException {
        check(
                "write /a 1 -> ok",
                "write /b 2 -> ok",
                "mkdir /d -> ok",
                "mkdir /full -> ok",
                "write /full/x 3 -> ok",
                "rename /a /b -> ok",
                "read /b -> [1]",
                "read /a -> ENOENT",
                "rename /a /c -> ENOENT",
                "rename /b /d -> EISDIR",
                "rename /d /b -> ENOTDIR",
                "rename /d /full -> ENOTEMPTY",
                "rename /full /d -> ok",
                "read /d/x -> [3]",
                "rename /d /d/inside -> EINVAL",
                "rename /b /d/b -> ok",
                "list /d -> b x",
                "rename /d/b /d/x/ -> ENOTDIR",
                "rename / /d/root -> EBUSY");
        assertTrue(Files.exists(sandbox.root().resolve("d/b")));
    }

    @Test
    void links_are_followed_inside() {
        check(
                "mkdir /d -> ok",
                "write /d/x text -> ok",
                "symlink d/x /l -> ok",
                "symlink d /dl -> ok",
                "symlink l /ll -> ok",
                "read /l -> [text]",
                "read /ll -> [text]",
                "read /dl/x -> [text]",
                "list /dl -> x",
                "lstat /l -> link size=3 links=1",
                "readlink /ll -> l",
                "readlink /d -> EINVAL",
                "symlink self /self -> ok",
                "read /self -> ELOOP",
                "symlink d/x /l -> EEXIST",
                "write /dl/y made -> ok",
                "read /d/y -> [made]",
                "symlink d/new /n -> ok",
                "write /n through -> ok",
                "read /d/new -> [through]",
                "unlink /l -> ok",
                "read /d/x -> [text]",
                "link /d/x /d/hard -> ok",
                "stat /d/hard -> file size=4 links=2",
                "link /d/x /d/hard -> EEXIST",
                "link /d /dd -> EPERM",
                "rmdir /dl -> ENOTDIR",
                "unlink /dl/hard -> ok");
    }

    @Test
    void a_read_only_bind_refuses_every_change() throws IOException {
        Files.writeString(host.resolve("f"), "text");
        Files.createDirectory(host.resolve("d"));
        sandbox.bind(host, "/ro", "ro");
        check(
                "read /ro/f -> [text]",
                "list /ro -> d/ f",
                "write /ro/f x -> EROFS",
                "write /ro/new x -> EROFS",
                "append /ro/f x -> EROFS",
                "mkdir /ro/new -> EROFS",
                "mkdir /ro/d -> EEXIST",
                "unlink /ro/f -> EROFS",
                "rmdir /ro/d -> EROFS",
                "rename /ro/f /ro/g -> EROFS",
                "symlink f /ro/l -> EROFS",
                "link /ro/f /ro/h -> EROFS",
                "times /ro/f 1 -> EROFS",
                "truncate /ro/f 0 -> EROFS");
        assertEquals("text", Files.readString(host.resolve("f")));
    }

    @Test
    void mounts_appear_where_the_root_has_nothing_and_cannot_be_moved() throws IOException {
        Files.writeString(host.resolve("f"), "text");
        Files.writeString(directory.resolve("single"), "one");
        sandbox.bind(host, "/a/b/c").bind(directory.resolve("single"), "/etc/single");
        check(
                "list / -> a/ etc/ probe.wasm",
                "list /a -> b/",
                "read /a/b/c/f -> [text]",
                "write /a/b/c/g made -> ok",
                "read /etc/single -> [one]",
                "write /etc/single two -> ok",
                "list /etc -> single",
                "write /etc/other x -> EROFS",
                "rmdir /a/b/c -> EBUSY",
                "rename /a /z -> EBUSY",
                "unlink /etc/single -> EBUSY",
                "rename /a/b/c/f /f -> EXDEV",
                "link /a/b/c/f /f -> EXDEV",
                "stat /a -> dir size=0 links=0");
        assertEquals("made", Files.readString(host.resolve("g")));
        assertEquals("two", Files.readString(directory.resolve("single")));
        assertFalse(Files.exists(sandbox.root().resolve("a")));
    }

    @Test
    void devices_and_fifos_of_the_host_are_not_opened() throws Exception {
        assertEquals(
                0, new ProcessBuilder("mkfifo", host.resolve("fifo").toString()).start().waitFor());
        sandbox.bind(host, "/h");
        check(
                "read /h/fifo -> EACCES",
                "over /h/fifo x -> EACCES",
                "list /h/fifo -> ENOTDIR",
                "read /h/fifo/x -> ENOTDIR",
                "list /h -> fifo");
    }

    @Test
    void a_relative_path_begins_at_the_working_directory() throws IOException {
        Files.createDirectories(sandbox.root().resolve("work"));
        Files.writeString(sandbox.root().resolve("work/here"), "in work");
        Files.writeString(sandbox.root().resolve("there"), "in root");
        sandbox.cwd("/work");
        check(
                "read here -> [in work]",
                "read ./here -> [in work]",
                "read /there -> [in root]",
                "read /work/here -> [in work]",
                "write new 1 -> ok",
                "list . -> here new",
                "mkdir sub -> ok",
                "rename new sub/new -> ok");
        assertTrue(Files.exists(sandbox.root().resolve("work/sub/new")));
    }

    @Test
    void names_are_bounded_and_utf8() {
        String longest = "n".repeat(255);
        check(
                "write /" + longest + " 1 -> ok",
                "write /" + longest + "n 1 -> ENAMETOOLONG",
                "read /" + "d/".repeat(3000) + "x -> ENAMETOOLONG",
                "unlink /" + longest + " -> ok",
                "mkdir /" + "deep/".repeat(10) + "x -> ENOENT");
    }

    @Test
    void a_large_directory_is_listed_whole_in_little_memory() throws IOException {
        Path many = Files.createDirectories(host.resolve("many"));
        for (int i = 0; i < 5_000; i++) {
            Files.createFile(many.resolve("file-with-a-rather-long-name-" + i));
        }
        sandbox.bind(host, "/h", "ro");
        check("count /h/many -> 5002");
    }
}

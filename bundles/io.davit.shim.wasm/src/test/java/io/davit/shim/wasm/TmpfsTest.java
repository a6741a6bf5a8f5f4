package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.davit.api.mount.Mount;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file system in memory. */
class TmpfsTest {
    @TempDir Path directory;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws IOException {
        sandbox = new Sandbox(directory).with("probe");
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private void mount(String... options) {
        sandbox.mount(new Mount("tmpfs", "tmpfs", "/tmp", List.of(options)));
    }

    @Test
    void it_does_what_a_file_system_does() {
        mount("size=1m", "mode=1777");
        Probe.check(
                sandbox,
                "list /tmp -> (empty)",
                "write /tmp/a hello -> ok",
                "append /tmp/a ! -> ok",
                "read /tmp/a -> [hello!]",
                "truncate /tmp/a 2 -> ok",
                "read /tmp/a -> [he]",
                "truncate /tmp/a 6 -> ok",
                "stat /tmp/a -> file size=6 links=1",
                "mkdir /tmp/d -> ok",
                "symlink a /tmp/l -> ok",
                "stat /tmp/l -> file size=6 links=1",
                "link /tmp/a /tmp/d/b -> ok",
                "stat /tmp/a -> file size=6 links=2",
                "link /tmp/a /c -> EXDEV",
                "rename /tmp/a /a -> EXDEV",
                "rename /tmp/a /tmp/d/b -> ok",
                "list /tmp -> a d/ l@",
                "rename /tmp/d /tmp/d/d -> EINVAL",
                "rmdir /tmp/d -> ENOTEMPTY",
                "unlink /tmp/d/b -> ok",
                "rmdir /tmp/d -> ok",
                "times /tmp/a 1000000 -> mtime=1000000",
                "unlink /tmp/a -> ok",
                "read /tmp/l -> ENOENT",
                "rmdir /tmp -> EBUSY");
    }

    @Test
    void it_is_full_at_its_size_and_gives_back_what_is_removed() {
        mount("size=16k");
        Probe.check(
                sandbox,
                "truncate /tmp/none 1 -> ENOENT",
                "write /tmp/a " + "x".repeat(8_000) + " -> ok",
                "write /tmp/b " + "x".repeat(8_000) + " -> ENOSPC",
                "unlink /tmp/b -> ok",
                "unlink /tmp/a -> ok",
                "write /tmp/b " + "x".repeat(8_000) + " -> ok");
        assertEquals(0, sandbox.runtime().engine().budget().taken());
    }

    @Test
    void it_holds_only_so_many_files() {
        mount("nr_inodes=4");
        List<String> operations = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            operations.add("write /tmp/" + i + " x -> ok");
        }
        operations.add("write /tmp/4 x -> ENOSPC");
        operations.add("mkdir /tmp/4 -> ENOSPC");
        operations.add("unlink /tmp/0 -> ok");
        operations.add("mkdir /tmp/4 -> ok");
        Probe.check(sandbox, operations.toArray(new String[0]));
    }

    @Test
    void it_can_be_read_only() {
        mount("ro");
        Probe.check(sandbox, "write /tmp/a x -> EROFS", "mkdir /tmp/d -> EROFS");
    }
}

package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Every test runs with openat2 and with the walk that stands in for it on old kernels. */
class DirTest {
    private static final Set<OpenFlag> READ = EnumSet.of(OpenFlag.READ);

    /** How paths are resolved. */
    enum Kernel {
        NEW(Resolver.KERNEL),
        OLD(new Resolver((dir, path, how) -> -Errno.ENOSYS.number()));

        private final Resolver resolver;

        Kernel(Resolver resolver) {
            this.resolver = resolver;
        }

        Dir open(Path path) throws LinuxException {
            return Dir.open(path.toString(), resolver);
        }
    }

    @TempDir Path temp;

    private Path root() throws IOException {
        return Files.createDirectories(temp.resolve("root"));
    }

    private static Errno errno(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(LinuxException.class, call).errno();
    }

    private static String content(Descriptor file) throws LinuxException {
        try (file) {
            return new String(file.readAll(1000), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_link_that_stays_inside_is_followed(Kernel kernel) throws IOException {
        Files.createDirectories(root().resolve("a/b"));
        Files.writeString(root().resolve("a/b/f"), "inside");
        Files.createSymbolicLink(root().resolve("l"), Path.of("a/../a/b/"));
        Files.createSymbolicLink(root().resolve("a/f"), Path.of("b/f"));
        try (Dir dir = kernel.open(root())) {
            assertEquals("inside", content(dir.read("l/f")));
            assertEquals("inside", content(dir.read("a/./b/../f")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_path_that_leads_out_is_refused(Kernel kernel) throws IOException {
        Files.writeString(temp.resolve("secret"), "secret");
        Files.createSymbolicLink(root().resolve("absolute"), temp.resolve("secret"));
        Files.createSymbolicLink(root().resolve("relative"), Path.of("../secret"));
        Files.createSymbolicLink(root().resolve("up"), Path.of(".."));
        Files.createDirectories(root().resolve("a"));
        try (Dir dir = kernel.open(root())) {
            for (String path :
                    List.of("absolute", "relative", "up/secret", "../secret", "a/../../secret")) {
                assertEquals(Errno.EXDEV, errno(() -> dir.read(path).close()), path);
            }
            assertEquals(Errno.EXDEV, errno(() -> dir.makeDir("up/made", 0700, Owner.UNCHANGED)));
            assertEquals(Errno.EINVAL, errno(() -> dir.read("/etc/passwd").close()));
            assertEquals(Errno.EINVAL, errno(() -> dir.read("").close()));
            assertEquals(Errno.EINVAL, errno(() -> dir.read("a\0b").close()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void in_root_takes_the_directory_for_the_root(Kernel kernel) throws IOException {
        Files.createDirectories(root().resolve("etc"));
        Files.writeString(root().resolve("etc/passwd"), "guest");
        Files.createSymbolicLink(root().resolve("l"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(root().resolve("etc/m"), Path.of("../../../etc/passwd"));
        try (Dir dir = kernel.open(root())) {
            assertEquals("guest", content(dir.open("l", READ, 0, Resolve.IN_ROOT)));
            assertEquals("guest", content(dir.open("etc/m", READ, 0, Resolve.IN_ROOT)));
            assertEquals("guest", content(dir.open("../../etc/passwd", READ, 0, Resolve.IN_ROOT)));
            dir.unlink("l");
        }
    }

    @ParameterizedTest
    @EnumSource
    void links_can_be_forbidden_and_never_go_in_circles(Kernel kernel) throws IOException {
        Files.createDirectories(root().resolve("a"));
        Files.createSymbolicLink(root().resolve("l"), Path.of("a"));
        Files.createSymbolicLink(root().resolve("self"), Path.of("self"));
        Resolve strict = Resolve.BENEATH.withoutLinks();
        try (Dir dir = kernel.open(root())) {
            assertEquals(Errno.ELOOP, errno(() -> dir.dir("l", strict).close()));
            assertEquals(Errno.ELOOP, errno(() -> dir.dir("self").close()));
            dir.dir("a", strict).close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_mount_can_be_forbidden(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(Path.of("/"))) {
            Resolve here = Resolve.BENEATH.withoutMounts();
            assertEquals(Errno.EXDEV, errno(() -> dir.open("proc", READ, 0, here).close()));
            dir.open("proc/self/stat", READ, 0, Resolve.BENEATH).close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void magic_links_are_not_followed(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(Path.of("/proc/self"));
                Descriptor open = dir.read("stat")) {
            String magic = "fd/" + open.procPath().getFileName();
            Errno errno = errno(() -> dir.read(magic).close());
            assertTrue(Set.of(Errno.ELOOP, Errno.EXDEV).contains(errno), errno.name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void modes_are_exact_whatever_the_umask(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(root())) {
            dir.makeDir("d", 0777, Owner.UNCHANGED);
            dir.create("f", 0666).close();
            dir.makeFifo("p", 0622);
            assertEquals(0777, dir.status("d").mode());
            assertEquals(0666, dir.status("f").mode());
            assertEquals(0622, dir.status("p").mode());
            assertEquals(FileType.FIFO, dir.status("p").type());
            dir.chmod("f", 0640);
            assertEquals("rw-r-----", permissions("f"));
        }
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root().resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    @ParameterizedTest
    @EnumSource
    void missing_directories_are_made_and_told(Kernel kernel) throws IOException {
        Files.createDirectories(root().resolve("a"));
        try (Dir dir = kernel.open(root())) {
            assertEquals(List.of("a/b", "a/b/c"), dir.makeDirs("a/./b//c/", 0750, Owner.UNCHANGED));
            assertEquals(List.of(), dir.makeDirs("a/b/c", 0700, Owner.UNCHANGED));
            assertEquals(0750, dir.status("a/b").mode());
        }
    }

    @ParameterizedTest
    @EnumSource
    void directories_made_before_a_failure_are_gone_again(Kernel kernel) throws IOException {
        Files.createSymbolicLink(root().resolve("out"), temp);
        try (Dir dir = kernel.open(root())) {
            assertEquals(
                    Errno.EXDEV,
                    errno(() -> dir.makeDirs("a/b/../../out/c", 0700, Owner.UNCHANGED)));
            assertTrue(dir.find("a").isEmpty());
            assertFalse(Files.exists(temp.resolve("c")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_dangling_link_is_not_made_through(Kernel kernel) throws IOException {
        Files.createSymbolicLink(root().resolve("l"), temp.resolve("made"));
        try (Dir dir = kernel.open(root())) {
            assertThrows(LinuxException.class, () -> dir.makeDirs("l/x", 0700, Owner.UNCHANGED));
            assertEquals(Errno.EEXIST, errno(() -> dir.create("l", 0600).close()));
            assertFalse(Files.exists(temp.resolve("made")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_are_renamed_linked_and_removed(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(root())) {
            dir.makeDirs("a/b", 0700, Owner.UNCHANGED);
            try (Descriptor file = dir.create("a/f", 0600)) {
                file.write("text".getBytes(StandardCharsets.UTF_8));
                file.sync();
            }
            dir.rename("a/f", dir, "a/b/g");
            dir.hardLink("a/b/g", dir, "h");
            assertEquals(2, dir.status("h").links());
            assertTrue(dir.status("h").sameFile(dir.status("a/b/g")));
            assertEquals(Errno.EEXIST, errno(() -> dir.renameNew("h", dir, "a/b/g")));
            dir.symlink("a/b", "l");
            assertEquals("a/b", dir.readLink("l"));
            assertEquals("text", content(dir.read("l/g")));
            dir.unlink("l");
            dir.unlink("a/b/g");
            dir.removeDir("a/b");
            dir.sync();
            assertEquals(
                    Set.of(
                            new DirectoryEntry("a", FileType.DIRECTORY),
                            new DirectoryEntry("h", FileType.REGULAR)),
                    Set.copyOf(dir.list(".")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_tree_is_deleted_but_not_what_its_links_point_to(Kernel kernel) throws IOException {
        Files.createDirectories(temp.resolve("kept"));
        Files.writeString(temp.resolve("kept/f"), "kept");
        Files.createDirectories(root().resolve("t/a/b/c"));
        Files.createSymbolicLink(root().resolve("t/a/l"), temp.resolve("kept"));
        Files.createSymbolicLink(root().resolve("only-a-link"), temp.resolve("kept"));
        for (int i = 0; i < 2000; i++) {
            Files.writeString(root().resolve("t/a/b/file-with-a-longer-name-" + i), "");
        }
        try (Dir dir = kernel.open(root())) {
            dir.deleteTree("t");
            dir.deleteTree("only-a-link");
            dir.deleteTree("never-there");
            assertEquals(List.of(), dir.list("."));
        }
        assertEquals("kept", Files.readString(temp.resolve("kept/f")));
    }

    @ParameterizedTest
    @EnumSource
    void a_tree_deeper_than_descriptors_allow_is_deleted(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(root())) {
            dir.makeDir("t", 0700, Owner.UNCHANGED);
            Dir at = dir.dir("t");
            for (int i = 0; i < 1500; i++) {
                at.makeDir("d", 0700, Owner.UNCHANGED);
                Dir next = at.dir("d");
                at.close();
                at = next;
            }
            at.close();
            dir.deleteTree("t");
            assertEquals(List.of(), dir.list("."));
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_that_are_no_text_are_deleted(Kernel kernel)
            throws IOException, InterruptedException {
        Path tree = Files.createDirectories(root().resolve("t"));
        String script = "mkdir \"$(printf 'd\\351')\" && touch \"$(printf 'd\\351/f\\377')\"";
        Process shell = new ProcessBuilder("sh", "-c", script).directory(tree.toFile()).start();
        assertEquals(0, shell.waitFor());
        try (Dir dir = kernel.open(root())) {
            assertEquals(1, dir.list("t").size());
            dir.deleteTree("t");
            assertEquals(List.of(), dir.list("."));
        }
    }

    @ParameterizedTest
    @EnumSource
    void holes_and_places_are_written_and_read(Kernel kernel) throws IOException {
        try (Dir dir = kernel.open(root());
                Descriptor file = dir.create("f", 0600)) {
            file.truncate(1 << 20);
            file.write(new byte[] {1, 2, 3});
            byte[] three = new byte[3];
            assertEquals(3, file.read(three, 0));
            assertArrayEquals(new byte[] {1, 2, 3}, three);
            assertEquals(1 << 20, file.status().size());
            assertEquals(Errno.EFBIG, errno(() -> file.readAll(1000)));
        }
    }
}

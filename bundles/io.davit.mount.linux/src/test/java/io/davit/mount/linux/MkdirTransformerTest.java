package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.linux.Owner;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Directories made on request, with real files. */
class MkdirTransformerTest {
    @TempDir Path temp;

    private Path root;
    private FakeContext context;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(temp.resolve("root"));
        context = new FakeContext(temp.resolve("no-such-root"), root, temp.resolve("root/inner"));
    }

    private Mount transform(String... paths) {
        List<String> options =
                java.util.Arrays.stream(paths).map(p -> MkdirOption.PREFIX + "path=" + p).toList();
        Mount mount = new Mount("overlay", "overlay", "", options);
        return new MkdirTransformer().transform(mount, context);
    }

    private Kind refused(String path) {
        return assertThrows(DavitException.class, () -> transform(path)).kind();
    }

    private int mode(String name) throws IOException {
        return (Integer) Files.getAttribute(root.resolve(name), "unix:mode") & 07777;
    }

    private int uid(String name) throws IOException {
        return (Integer) Files.getAttribute(root.resolve(name), "unix:uid");
    }

    @Test
    void own_options_are_taken_out_and_others_kept() {
        Mount mount =
                Mount.of("overlay", "o", "lowerdir=/l", MkdirOption.PREFIX + "path=" + root + "/d");
        assertEquals(
                List.of("lowerdir=/l"), new MkdirTransformer().transform(mount, context).options());
    }

    @Test
    void a_directory_is_made_with_those_above_it_and_its_exact_mode() throws IOException {
        transform(root + "/a/b/c:0777", root + "//d/.");
        assertEquals(0777, mode("a/b/c"));
        assertEquals(0777, mode("a"));
        assertEquals(0700, mode("d"));
    }

    @Test
    void an_existing_directory_gets_the_mode_asked_for() throws IOException {
        transform(root + "/d:0751");
        transform(root + "/d");
        assertEquals(0751, mode("d"));
        transform(root + "/d:0700");
        assertEquals(0700, mode("d"));
    }

    @Test
    void the_owner_asked_for_is_given_also_on_a_retry() throws IOException {
        assumeTrue(Owner.ofProcess().uid() == 0, "needs root to give files away");
        transform(root + "/d:0755");
        transform(root + "/d:0755:12345:54321");
        assertEquals(12345, uid("d"));
        transform(root + "/e/f:0750:12345:54321");
        assertEquals(12345, uid("e/f"));
        assertEquals(0750, mode("e/f"));
    }

    @Test
    void a_failed_activation_takes_everything_back() throws IOException {
        Files.createDirectory(root.resolve("old"));
        int before = mode("old");
        context.fail(new MkdirTransformer());
        transform(root + "/a/b", root + "/old:0711");
        assertEquals(0711, mode("old"));
        context.fail(new MkdirTransformer());
        assertFalse(Files.exists(root.resolve("a")));
        assertEquals(before, mode("old"));
    }

    @Test
    void what_was_made_is_not_removed_with_content_in_it() throws IOException {
        transform(root + "/a/b");
        Files.writeString(root.resolve("a/b/f"), "kept");
        context.fail(new MkdirTransformer());
        assertEquals("kept", Files.readString(root.resolve("a/b/f")));
    }

    @Test
    void links_are_followed_inside_the_root_alone() throws IOException {
        Files.createDirectories(root.resolve("real"));
        Files.createSymbolicLink(root.resolve("in"), Path.of("real"));
        Files.createSymbolicLink(root.resolve("out"), temp);
        transform(root + "/in/d");
        assertTrue(Files.isDirectory(root.resolve("real/d")));
        assertEquals(Kind.PERMISSION_DENIED, refused(root + "/out/d"));
        assertFalse(Files.exists(temp.resolve("d")));
    }

    @Test
    void parents_in_a_path_do_not_lead_above_the_root() {
        transform(root + "/a/../d", root + "/../e");
        assertTrue(Files.isDirectory(root.resolve("d")));
        assertTrue(Files.isDirectory(root.resolve("e")));
        assertFalse(Files.exists(root.resolve("a")));
        assertFalse(Files.exists(temp.resolve("e")));
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/../x/d"));
    }

    @Test
    void a_path_below_no_root_is_refused() {
        assertEquals(Kind.NOT_IMPLEMENTED, refused("/nowhere/d"));
        assertEquals(Kind.NOT_IMPLEMENTED, refused("relative"));
        assertEquals(Kind.NOT_IMPLEMENTED, refused("{{ mount 0 }}/d"));
        assertEquals(Kind.PERMISSION_DENIED, refused(root + "-evil/d"));
        assertEquals(Kind.INVALID_ARGUMENT, refused(root.toString()));
        assertEquals(Kind.INVALID_ARGUMENT, refused(root + "/x/.."));
    }

    @Test
    void something_else_in_the_way_is_left_alone() throws IOException {
        Files.writeString(root.resolve("f"), "text");
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/f"));
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/f/d"));
        assertEquals("text", Files.readString(root.resolve("f")));
    }

    @Test
    void malformed_options_are_refused() {
        for (String rest :
                List.of(
                        ":",
                        ":0789",
                        ":01777",
                        ":-1",
                        ":0o755",
                        ":4777",
                        ":0755:0",
                        ":0755:u:0",
                        ":0755:0:-1",
                        ":0755:4294967296:0",
                        ":0755:2147483648:0",
                        ":0755:+1:0",
                        ":0755:١:0",
                        ":0755:0:0:0")) {
            assertEquals(Kind.INVALID_ARGUMENT, refused(root + "/d" + rest), rest);
        }
        Mount unknown = Mount.of("overlay", "o", MkdirOption.PREFIX + "dir=" + root + "/d");
        assertThrows(
                DavitException.class, () -> new MkdirTransformer().transform(unknown, context));
        assertFalse(Files.exists(root.resolve("d")));
    }
}

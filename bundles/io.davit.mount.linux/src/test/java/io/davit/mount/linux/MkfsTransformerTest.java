package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images made on request, by the system's own programs. */
class MkfsTransformerTest {
    private static final String UUID = "0123abcd-0123-0123-0123-0123456789ab";

    @TempDir Path temp;

    private Path root;
    private FakeContext context;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(temp.resolve("root"));
        context = new FakeContext(root);
    }

    private Mount transform(String source, String... pairs) {
        List<String> options = new ArrayList<>(List.of("rw"));
        for (String pair : pairs) {
            options.add("X-containerd.mkfs." + pair);
        }
        options.add("loop");
        Mount mount = new Mount("ext4", source, "", options);
        return new MkfsTransformer().transform(mount, context);
    }

    private Kind refused(String source, String... pairs) {
        return assertThrows(DavitException.class, () -> transform(source, pairs)).kind();
    }

    private static void assumeTool(String name) {
        assumeTrue(HelperProgram.find(name).isPresent(), name + " is not installed");
    }

    private List<String> names() {
        String[] names = root.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    /** Reads the two bytes that mark ext filesystems, and the id. */
    private static String extId(Path image) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            file.seek(1024 + 56);
            assertEquals(0x53ef, file.readUnsignedShort());
            file.seek(1024 + 104);
            byte[] id = new byte[16];
            file.readFully(id);
            return java.util.HexFormat.of().formatHex(id);
        }
    }

    @Test
    void an_image_is_made_sparse_and_formatted() throws IOException {
        assumeTool("mkfs.ext4");
        Mount mount = transform(root + "/img", "size=64MiB", "uuid=" + UUID);
        assertEquals(List.of("rw", "loop"), mount.options());
        assertEquals(List.of("img"), names());
        try (Dir dir = Dir.open(root)) {
            assertEquals(64 << 20, dir.status("img").size());
            assertEquals(0640, dir.status("img").mode());
            assertTrue(dir.status("img").blocks() * 512 < 16 << 20, "not sparse");
        }
        assertEquals(UUID.replace("-", ""), extId(root.resolve("img")));
        context.fail(new MkfsTransformer());
        assertEquals(List.of(), names());
    }

    @Test
    void other_filesystems_are_made() throws IOException {
        assumeTool("mkfs.ext2");
        transform(root + "/two", "size=2m", "fs=ext2");
        extId(root.resolve("two"));
        assumeTool("mkfs.xfs");
        transform(root + "/x", "size=300m", "fs=xfs", "uuid=" + UUID);
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("x").toFile(), "r")) {
            assertEquals(0x58465342, file.readInt());
        }
    }

    @Test
    void an_existing_file_is_taken_as_it_is() throws IOException {
        Files.writeString(root.resolve("img"), "mine");
        transform(root + "/img", "size=1m", "fs=btrfs", "uuid=u");
        context.fail(new MkfsTransformer());
        assertEquals("mine", Files.readString(root.resolve("img")));
    }

    @Test
    void a_failed_format_leaves_nothing_and_can_be_repeated() {
        assumeTool("mkfs.xfs");
        for (int i = 0; i < 2; i++) {
            DavitException e =
                    assertThrows(
                            DavitException.class,
                            () -> transform(root + "/img", "size=1m", "fs=xfs"));
            assertTrue(e.getMessage().contains("mkfs.xfs failed"), e.getMessage());
            assertEquals(List.of(), names());
        }
    }

    @Test
    void what_a_killed_process_left_is_replaced() throws IOException {
        assumeTool("mkfs.ext4");
        Files.writeString(root.resolve(".img.davit-mkfs"), "half");
        transform(root + "/img", "size=8m");
        assertEquals(List.of("img"), names());
    }

    @Test
    void an_image_that_somebody_makes_now_is_left_to_him() throws IOException {
        try (Dir dir = Dir.open(root);
                Descriptor other = dir.create(".img.davit-mkfs", 0600)) {
            assertTrue(other.tryLock(true));
            assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/img", "size=8m"));
            assertTrue(dir.find(".img.davit-mkfs").isPresent());
        }
    }

    @Test
    void bad_requests_are_refused_before_anything_is_made() throws IOException {
        String image = root + "/img";
        assertEquals(Kind.NOT_IMPLEMENTED, refused("/nowhere/img", "bogus"));
        assertEquals(Kind.PERMISSION_DENIED, refused(root + "x/img", "size=1m"));
        for (String bad :
                List.of("bogus", "label=x", "size", "size=0", "size=-1", "size=9E", "size=1k")) {
            assertEquals(Kind.INVALID_ARGUMENT, refused(image, bad), bad);
        }
        assertEquals(Kind.INVALID_ARGUMENT, refused(image));
        assertEquals(Kind.INVALID_ARGUMENT, refused(image, "size=1m", "fs=btrfs"));
        assertEquals(Kind.INVALID_ARGUMENT, refused(image, "size=1m", "uuid=-L"));
        assertEquals(Kind.RESOURCE_EXHAUSTED, refused(image, "size=2t"));
        assertEquals(Kind.RESOURCE_EXHAUSTED, refused(image, "size=1t"));
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/missing/img", "size=1m"));
        Files.createDirectory(root.resolve("d"));
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/d", "size=1m"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        assertEquals(Kind.FAILED_PRECONDITION, refused(root + "/dangling", "size=1m"));
        Path out = Files.createSymbolicLink(root.resolve("out"), temp);
        assertEquals(Kind.PERMISSION_DENIED, refused(root + "/out/img", "size=1m"));
        Files.delete(out);
        assertFalse(Files.exists(temp.resolve("img")));
    }
}

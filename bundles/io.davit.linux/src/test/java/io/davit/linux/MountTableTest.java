package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

/** Parsing and asking the mount table. */
class MountTableTest {
    private static final String TABLE =
            """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
            40 27 0:50 / /a rw - tmpfs lower rw
            41 40 0:51 / /a/b rw - tmpfs hidden rw
            42 40 0:52 /sub /a rw - tmpfs upper rw
            43 42 0:53 / /a/b/c rw - tmpfs deep rw
            44 27 0:54 / /with\\040space\\134x\\303\\251 ro,nosuid - tmpfs a\\011b rw,size=1k
            45 27 0:55 / /ab rw - tmpfs neighbour rw
            """;

    private static String source(MountTable table, String path) {
        return table.lookup(path).orElseThrow().source();
    }

    private static List<Long> ids(List<MountEntry> entries) {
        return entries.stream().map(MountEntry::id).toList();
    }

    @Test
    void lines_are_read_with_their_escapes() throws LinuxException {
        MountTable table = MountTable.parse(TABLE);
        MountEntry odd = table.byId(44).orElseThrow();
        assertEquals("/with space\\xé", odd.mountPoint());
        assertEquals("a\tb", odd.source());
        assertEquals(List.of("rw", "size=1k"), odd.superOptions());
        assertEquals(List.of("ro", "nosuid"), odd.options());
        MountEntry root = table.byId(27).orElseThrow();
        assertEquals(List.of("shared:1", "master:2"), root.propagation());
        assertEquals(FileStatus.device(254, 0), root.device());
        assertEquals("/sub", table.byId(42).orElseThrow().root());
    }

    @Test
    void lookup_goes_by_component_and_finds_the_topmost_visible() throws LinuxException {
        MountTable table = MountTable.parse(TABLE);
        assertEquals("/dev/vda", source(table, "/"));
        assertEquals("/dev/vda", source(table, "/abc"));
        assertEquals("upper", source(table, "/a"));
        assertEquals("upper", source(table, "/a/b"), "a hidden mount was found");
        assertEquals("deep", source(table, "/a/b/c/d"));
        assertEquals("neighbour", source(table, "/ab/x"));
        assertEquals("upper", table.at("/a").orElseThrow().source());
        assertTrue(table.at("/a/b").isEmpty());
    }

    @Test
    void mounts_below_come_in_the_order_of_unmounting() throws LinuxException {
        MountTable table = MountTable.parse(TABLE);
        assertEquals(List.of(43L, 42L, 41L, 40L), ids(table.below("/a")));
        assertEquals(List.of(), table.below("/a/x"));
        assertEquals(8, table.below("/").size());
    }

    @Test
    void a_malformed_line_is_an_error() {
        for (String line : List.of("1 2", "x 1 0:1 / / rw - a b c", "1 1 0 / / rw - a b c")) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(LinuxException.class, () -> MountTable.parse(line)).errno());
        }
    }

    @Test
    void the_own_table_agrees_with_statx() throws LinuxException {
        MountTable table = MountTable.read();
        for (String path : List.of("/", "/proc", "/dev", "/proc/self")) {
            try (Dir dir = Dir.open(Path.of(path))) {
                String real = dir.currentPath();
                assertEquals(dir.status().mountId(), table.lookup(real).orElseThrow().id(), path);
            }
        }
    }
}

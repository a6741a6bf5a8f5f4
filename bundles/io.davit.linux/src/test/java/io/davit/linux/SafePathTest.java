package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Choice of the allowed root. */
class SafePathTest {
    private static final List<Path> ROOTS =
            List.of(Path.of("/a"), Path.of("/a/b"), Path.of("/c/./d/"));

    @Test
    void the_longest_root_by_component_wins() {
        assertEquals(
                Optional.of(new SafePath(Path.of("/a/b"), "x")), SafePath.below(ROOTS, "/a/b/x"));
        assertEquals(
                Optional.of(new SafePath(Path.of("/a"), "bc/x")),
                SafePath.below(ROOTS, "//a/./bc//x/"));
        assertEquals("é", SafePath.below(ROOTS, "/c/d/é").orElseThrow().relative());
    }

    @Test
    void what_is_not_below_a_root_is_refused() {
        for (String path :
                List.of("", "a/b", "/", "/ab/x", "/a", "/a/", "/a/../a/x", "/a/x/..", "/a/x\0")) {
            assertEquals(Optional.empty(), SafePath.below(ROOTS, path), path);
        }
        assertEquals(Optional.of("b"), SafePath.below(ROOTS, "/a/b").map(SafePath::relative));
    }
}

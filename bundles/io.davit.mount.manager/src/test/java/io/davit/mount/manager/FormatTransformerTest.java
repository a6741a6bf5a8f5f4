package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.spi.mount.TransformContext;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the transformer {@code format} inserts, escapes and refuses. */
class FormatTransformerTest {
    private final FormatTransformer format = new FormatTransformer();

    /** One earlier mount. */
    private record Context(String mountPoint) implements TransformContext {
        @Override
        public List<ActiveMount> active() {
            return List.of(new ActiveMount(Mount.of("x", "/src"), mountPoint, null, Map.of()));
        }

        @Override
        public List<Path> allowedRoots() {
            return List.of();
        }

        @Override
        public void note(String note) {
            throw new AssertionError(note);
        }
    }

    @Test
    void separators_of_overlay_are_escaped_in_its_directories_alone() {
        Mount mount =
                Mount.of(
                        "mkdir/overlay",
                        "{{ mount 0 }}",
                        "lowerdir={{ mount 0 }}:/l",
                        "X-containerd.mkdir.path={{ mount 0 }}/u",
                        "upperdir={{ mount 0 }}/u");
        Mount done = format.transform(mount, new Context("/a:b,c\\d"));
        assertEquals("/a:b,c\\d", done.source());
        assertEquals(
                List.of(
                        "lowerdir=/a\\:b\\,c\\\\d:/l",
                        "X-containerd.mkdir.path=/a:b,c\\d/u",
                        "upperdir=/a\\:b\\,c\\\\d/u"),
                done.options());
    }

    @Test
    void the_same_option_of_another_type_is_not_escaped() {
        Mount done =
                format.transform(
                        Mount.of("bind", "x", "lowerdir={{ mount 0 }}"), new Context("/a:b"));
        assertEquals(List.of("lowerdir=/a:b"), done.options());
    }

    @Test
    void a_check_names_the_field_and_has_no_effect() {
        Mount mount = new Mount("bind", "s", "t", List.of("a", "b={{ mount 1 }}"));
        DavitException e = assertThrows(DavitException.class, () -> format.check(mount, 1));
        assertTrue(e.getMessage().contains("option 1"), e.getMessage());
        assertTrue(e.getMessage().contains("index=1"), e.getMessage());
        format.check(mount, 2);
    }

    @Test
    void a_text_too_long_to_be_parsed_is_refused() {
        String text = "{{ mount 0 }}" + "x".repeat(5000);
        assertThrows(DavitException.class, () -> format.check(Mount.of("bind", text), 1));
    }

    @Test
    void a_long_text_without_a_template_passes() {
        String text = "x".repeat(5000);
        assertEquals(text, format.transform(Mount.of("bind", text), new Context("/m")).source());
    }
}

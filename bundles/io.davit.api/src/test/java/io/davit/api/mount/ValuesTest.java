package io.davit.api.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.davit.api.names.Namespace;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Values do not change when what they were made of does. */
class ValuesTest {
    @Test
    void a_mount_copies_its_options_and_knows_no_null() {
        List<String> options = new ArrayList<>(List.of("ro"));
        Mount mount = new Mount("bind", "/src", null, options);
        options.add("rw");
        assertEquals(List.of("ro"), mount.options());
        assertEquals("", mount.target());
        assertEquals(new Mount("", "", "", List.of()), new Mount(null, null, null, null));
    }

    @Test
    void a_request_copies_its_mounts() {
        List<Mount> mounts = new ArrayList<>(List.of(Mount.of("bind", "/a", "rbind")));
        ActivateMounts request =
                ActivateMounts.of(new ActivationName(Namespace.DEFAULT, "a"), mounts);
        mounts.clear();
        assertEquals(1, request.mounts().size());
        assertFalse(request.temporary());
    }
}

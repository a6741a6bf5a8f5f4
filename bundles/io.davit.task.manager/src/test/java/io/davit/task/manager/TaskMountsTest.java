package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.testkit.FakeMounts;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What of the mounts of a task reaches its shim. */
class TaskMountsTest {
    private static final ActivationName NAME = new ActivationName(new Namespace("ns"), "t1");

    private static List<Mount> handedOn(Mount... mounts) {
        return new TaskMounts(new FakeMounts())
                .activate(ActivateMounts.of(NAME, List.of(mounts)))
                .system();
    }

    @Test
    void the_last_mount_is_the_root_when_all_were_performed() {
        Mount performed = Mount.of(FakeMounts.TYPE, "x", "ro");
        assertEquals(
                List.of(Mount.of("bind", "/fake", "ro", "rbind")), handedOn(performed, performed));
    }

    @Test
    void mounts_that_are_left_reach_the_shim_as_they_are() {
        Mount left = Mount.of("bind", "/x", "rbind");
        assertEquals(List.of(left), handedOn(Mount.of(FakeMounts.TYPE, "x", "ro"), left));
    }
}

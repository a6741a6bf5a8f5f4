package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.TaskId;
import io.davit.testkit.FakeMounts;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

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
    void what_a_shim_in_this_jvm_does_not_claim_is_performed_for_it() {
        CreateTask ext4 = task(Mount.of("ext4", "/image", "loop"));
        CreateTask bind = task(Mount.of("bind", "/x", "rbind"));
        TaskMounts mounts = new TaskMounts(new FakeMounts());
        assertTrue(mounts.request(ext4, shim(true)).temporary());
        assertFalse(mounts.request(ext4, shim(false)).temporary(), "its process mounts");
        assertFalse(mounts.request(bind, shim(true)).temporary(), "it claims them");
    }

    private static CreateTask task(Mount... rootfs) {
        return CreateTask.builder(TaskId.of("t1"), Node.RUNTIME, Node.SPEC)
                .rootfs(List.of(rootfs))
                .build();
    }

    private static ShimInfo shim(boolean inJvm) {
        return new ShimInfo("r", "p", "1", Set.of("bind"), Set.of(), inJvm, Map.of());
    }

    @Test
    void mounts_that_are_left_reach_the_shim_as_they_are() {
        Mount left = Mount.of("bind", "/x", "rbind");
        assertEquals(List.of(left), handedOn(Mount.of(FakeMounts.TYPE, "x", "ro"), left));
    }
}

package io.davit.shim.wasm;

import io.davit.api.mount.Mount;

import java.nio.file.Path;
import java.util.List;

/**
 * What a task's specification asks of this runtime.
 *
 * @param program what the init process runs
 * @param root the root filesystem when the task has no mounts that make it up; absolute
 * @param rootReadOnly whether nothing on the root filesystem may change
 * @param mounts further mounts; their target is absolute
 * @param memoryBytes the most linear memory of each process; -1 for the default
 */
record GuestSpec(
        GuestProgram program,
        Path root,
        boolean rootReadOnly,
        List<Mount> mounts,
        long memoryBytes) {
    GuestSpec {
        mounts = List.copyOf(mounts);
    }
}

package io.davit.api.task;

import io.davit.api.mount.MountPlan;

import java.util.List;
import java.util.Objects;

/**
 * What creating a task would do, step by step.
 *
 * @param id the task; not {@code null}
 * @param steps the steps, in order; copied
 * @param mounts who would take which mount of the root filesystem; not {@code null}
 * @since 1.0
 */
public record TaskPlan(TaskId id, List<Step> steps, MountPlan mounts) {
    /** Copies the steps. */
    public TaskPlan {
        Objects.requireNonNull(id, "id");
        steps = List.copyOf(steps);
        Objects.requireNonNull(mounts, "mounts");
    }

    /**
     * One step.
     *
     * @param what what would be done, for example {@code start shim}; not {@code null}
     * @param by who would do it, for example a bundle with its version; not {@code null}
     * @param why the reason, or what is known already; not {@code null}
     */
    public record Step(String what, String by, String why) {
        /** Checks presence. */
        public Step {
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(why, "why");
        }
    }
}

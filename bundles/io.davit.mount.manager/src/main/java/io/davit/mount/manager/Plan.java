package io.davit.mount.manager;

import io.davit.api.mount.MountPlan;

import java.util.List;

/**
 * Who takes which mount of a list.
 *
 * @param mounts one entry a mount, in list order
 * @param split how many leading mounts the manager performs; -1 if there is nothing to do at all
 */
record Plan(List<PlannedMount> mounts, int split) {
    Plan {
        mounts = List.copyOf(mounts);
    }

    /** Says whether no mount has to be performed or transformed. */
    boolean isEmpty() {
        return split < 0;
    }

    /** The mounts to perform, in order. */
    List<PlannedMount> performed() {
        return mounts.subList(0, Math.max(split, 0));
    }

    /** The mounts left to the caller, in order. The first of them is transformed. */
    List<PlannedMount> left() {
        return mounts.subList(Math.max(split, 0), mounts.size());
    }

    /** This as callers see it. */
    MountPlan steps() {
        return new MountPlan(mounts.stream().map(PlannedMount::step).toList());
    }
}

package io.davit.mount.manager;

import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountPlan;
import io.davit.mount.manager.StepRecord.State;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that is known about one activation. Immutable; the store replaces it.
 *
 * @param id its number, never used again
 * @param name its key
 * @param labels its labels
 * @param lease the lease that keeps it alive
 * @param phase where in its life it is
 * @param updatedAt when it was last changed
 * @param steps one entry a mount of the request, in order
 * @param system the mounts left to the caller, as transformed; empty until it is complete
 */
record ActivationRecord(
        long id,
        ActivationName name,
        Map<String, String> labels,
        Optional<String> lease,
        Phase phase,
        Instant updatedAt,
        List<StepRecord> steps,
        List<Mount> system) {
    /** Where in its life an activation is. */
    enum Phase {
        /** Intent recorded, mounts on the way or interrupted. */
        BEGUN,
        /** Finished: the caller was, or may have been, told. */
        COMPLETE,
        /** Given up: the name is free, what is left of the mounts is being undone. */
        LEAVING
    }

    ActivationRecord {
        Objects.requireNonNull(name, "name");
        labels = Map.copyOf(labels);
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(updatedAt, "updatedAt");
        steps = List.copyOf(steps);
        system = List.copyOf(system);
    }

    boolean isComplete() {
        return phase == Phase.COMPLETE;
    }

    /** The mounts that were performed and are not gone. */
    List<ActiveMount> active() {
        return steps.stream()
                .filter(step -> step.state() == State.DONE)
                .flatMap(step -> step.active().stream())
                .toList();
    }

    /** This as callers see it: an unfinished activation shows no mounts. */
    MountActivation view() {
        return new MountActivation(
                name,
                id,
                isComplete() ? active() : List.of(),
                system,
                labels,
                lease,
                isComplete(),
                updatedAt);
    }

    MountPlan explanation() {
        return new MountPlan(steps.stream().map(StepRecord::plan).toList());
    }

    ActivationRecord completed(List<Mount> left, Instant at) {
        List<StepRecord> kept = steps.stream().map(step -> step.takenBack(0)).toList();
        return new ActivationRecord(id, name, labels, lease, Phase.COMPLETE, at, kept, left);
    }

    ActivationRecord leaving() {
        return new ActivationRecord(
                id, name, labels, lease, Phase.LEAVING, updatedAt, steps, system);
    }

    ActivationRecord labelled(Map<String, String> next, Instant at) {
        return new ActivationRecord(id, name, next, lease, phase, at, steps, system);
    }

    ActivationRecord with(StepRecord step) {
        List<StepRecord> next = new ArrayList<>(steps);
        next.set(step.index(), step);
        return new ActivationRecord(id, name, labels, lease, phase, updatedAt, next, system);
    }
}

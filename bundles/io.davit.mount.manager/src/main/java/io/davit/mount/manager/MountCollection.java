package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.names.Namespace;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StoreChange.Left;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One garbage collection: asked what there is, told what to remove, and finished. Nothing waits for
 * it; what a call works on is left to a later one. Confined to one thread.
 */
final class MountCollection {
    private final ManagerParts parts;
    private final Predicate<ActivationRecord> due;
    private final Set<Long> removed = new LinkedHashSet<>();

    /**
     * Begins a collection.
     *
     * @param due asked again before an activation is removed, when no other call works on it
     */
    MountCollection(ManagerParts parts, Predicate<ActivationRecord> due) {
        this.parts = parts;
        this.due = due;
    }

    /** All activations, also interrupted ones. */
    List<ActivationRecord> all() {
        return parts.store().all().stream().filter(r -> r.phase() != Phase.LEAVING).toList();
    }

    /** Which objects keep an activation alive. */
    static List<Reference> references(ActivationRecord record) {
        return GarbageReferences.of(record.name().namespace(), record.labels());
    }

    /** The activations made under a lease, sorted by name. */
    Set<ActivationName> leased(Namespace namespace, String lease) {
        Set<ActivationName> names = new TreeSet<>();
        for (ActivationRecord record : parts.store().named(namespace)) {
            if (record.lease().filter(lease::equals).isPresent()) {
                names.add(record.name());
            }
        }
        return names;
    }

    /** Remembers an activation to be removed; unknown ones are fine. */
    void remove(ActivationName name) {
        parts.store().find(name).map(ActivationRecord::id).ifPresent(removed::add);
    }

    /** Removes what was asked for, retries what could not be undone before, and cleans up. */
    Failures finish() throws DavitException {
        Failures failures = new Failures();
        for (long id : removed) {
            failures.attempt("collect activation " + id, () -> giveUp(id));
        }
        for (ActivationRecord record : parts.store().all()) {
            if (record.phase() == Phase.LEAVING && !removed.contains(record.id())) {
                failures.attempt(
                        "undo activation " + record.id(),
                        () -> new MountUndo(parts).tryUndo(record.id()));
            }
        }
        for (TargetDirectory.Numbered orphan : orphans()) {
            failures.attempt(
                    "clean directory " + orphan.name(),
                    () -> new MountUndo(parts).clean(orphan.name(), Set.of()));
        }
        return failures;
    }

    private void giveUp(long id) {
        ActivationRecord record = parts.store().find(id).orElse(null);
        if (record == null) {
            return;
        }
        parts.locks()
                .tryLocked(
                        record.name(),
                        () -> {
                            if (parts.store().find(id).filter(this::isDue).isPresent()) {
                                parts.store().changeDurably(new Left(id));
                                new MountUndo(parts).undo(id);
                            }
                        });
    }

    private boolean isDue(ActivationRecord record) {
        return record.phase() != Phase.LEAVING && due.test(record);
    }

    /** The directories of no activation. */
    List<TargetDirectory.Numbered> orphans() {
        List<TargetDirectory.Numbered> orphans = new ArrayList<>();
        // listed before the records are asked: an activation is recorded before it has a directory
        for (TargetDirectory.Numbered found : parts.targets().numbered()) {
            boolean known =
                    parts.store().find(found.number()).isPresent()
                            || parts.store().isQuarantined(found.number());
            // one that is gone by now had its record until then
            if (!known && parts.targets().exists(found.name())) {
                orphans.add(found);
            }
        }
        return orphans;
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.mount.manager.StepRecord.Note;
import io.davit.mount.manager.StepRecord.State;
import io.davit.mount.manager.StoreChange.Forgotten;
import io.davit.mount.manager.StoreChange.TakenBack;
import io.davit.mount.manager.StoreChange.Undone;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Undoes an activation that was given up: its mounts last first, then its directory, then its
 * record. What cannot be undone stays on record.
 */
final class MountUndo {
    private final ManagerParts parts;
    private final Unmounter unmounter;
    private final Failures failures = new Failures();

    MountUndo(ManagerParts parts) {
        this.parts = parts;
        this.unmounter = new Unmounter(parts.catalog().get(), parts.settings().lazyDetach());
    }

    /**
     * Undoes an activation of which it is unknown how far it came.
     *
     * @throws DavitException the kind of the first failure; everything was tried
     */
    void undo(long id) throws DavitException {
        undo(id, false);
    }

    /**
     * Undoes an activation that just failed: its mounts are known.
     *
     * @throws DavitException as for {@link #undo(long)}
     */
    void undoFailed(long id) throws DavitException {
        undo(id, true);
    }

    private void undo(long id, boolean known) {
        parts.locks()
                .locked(
                        id,
                        "undoing of activation " + id,
                        parts.settings().nameWait(),
                        () -> {
                            parts.store().find(id).ifPresent(record -> undo(record, known));
                            return id;
                        });
    }

    /**
     * Undoes an activation unless somebody does already.
     *
     * @throws DavitException as for {@link #undo(long)}
     */
    void tryUndo(long id) throws DavitException {
        parts.locks()
                .tryLocked(
                        id, () -> parts.store().find(id).ifPresent(record -> undo(record, false)));
    }

    private void undo(ActivationRecord record, boolean known) {
        List<StepRecord> steps = record.steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            StepRecord step = steps.get(i);
            if (isDue(record, step, known)) {
                failures.attempt("unmount mount " + i, () -> undo(record, step));
            }
            takeBack(record, step);
        }
        finish(record);
        failures.throwIfAny();
    }

    /** Takes back what transformers made for a mount, last first, up to the first failure. */
    private void takeBack(ActivationRecord record, StepRecord step) {
        if (step.notes().isEmpty()) {
            return;
        }
        failures.attempt(
                "take back what was made for mount " + step.index(),
                () -> {
                    for (int i = step.notes().size() - 1; i >= 0; i--) {
                        Note note = step.notes().get(i);
                        parts.catalog()
                                .get()
                                .requireTransformer(note.prefix())
                                .undo(note.text(), parts.transformRoots());
                        MountCrashPoint.UNMOUNT_TAKEN_BACK.hit();
                        parts.store().change(new TakenBack(record.id(), step.index(), i));
                    }
                });
    }

    /** An attempt after a failed one trusts nothing: what has left a type file is undone again. */
    private boolean isDue(ActivationRecord record, StepRecord step, boolean known) {
        if (!step.isPerformed()) {
            return false;
        }
        return switch (step.state()) {
            case DONE, DETACHED -> true;
            case PLANNED -> !known && isBegun(record, step);
            case UNDONE -> isBegun(record, step) && at(record, step).equals(proposed(record, step));
        };
    }

    private boolean isBegun(ActivationRecord record, StepRecord step) {
        return parts.targets().isBegun(record.id(), step.entry());
    }

    private String at(ActivationRecord record, StepRecord step) {
        return step.active().map(ActiveMount::mountPoint).orElseGet(() -> proposed(record, step));
    }

    private String proposed(ActivationRecord record, StepRecord step) {
        return parts.targets().mountPoint(record.id(), step.entry());
    }

    private void undo(ActivationRecord record, StepRecord step) {
        String at = at(record, step);
        if (step.state() == State.DETACHED) {
            if (unmounter.isGone(step, at)) {
                note(record, step, OptionalLong.empty());
            }
            return;
        }
        OptionalLong detached = unmounter.unmount(step, at);
        MountCrashPoint.UNMOUNTED.hit();
        note(record, step, detached);
    }

    private void note(ActivationRecord record, StepRecord step, OptionalLong detached) {
        State state = detached.isPresent() ? State.DETACHED : State.UNDONE;
        parts.store().change(new Undone(record.id(), step.index(), state, detached.orElse(0)));
    }

    /** Removes directory and record, as far as the mounts allow. */
    private void finish(ActivationRecord record) {
        String directory = parts.targets().of(record.id()).getFileName().toString();
        Set<String> onRecord =
                record.steps().stream()
                        .filter(StepRecord::isPerformed)
                        .map(StepRecord::entry)
                        .collect(Collectors.toSet());
        MountCrashPoint.UNMOUNT_BEFORE_DIRECTORY.hit();
        if (failures.isEmpty()) {
            failures.attempt("clean up", () -> remove(directory, onRecord));
        }
        MountCrashPoint.UNMOUNT_BEFORE_FORGOTTEN.hit();
        if (failures.isEmpty() && !isDetached(record.id())) {
            parts.store().change(new Forgotten(record.id()));
            MountCrashPoint.UNMOUNT_FORGOTTEN.hit();
        }
    }

    private void remove(String directory, Set<String> onRecord) {
        unmounter.requireNothingBelow(parts.targets().root().resolve(directory).toString());
        if (!parts.targets().removeKnown(directory, onRecord)) {
            clean(directory, onRecord);
        }
    }

    private boolean isDetached(long id) {
        return parts.store().find(id).stream()
                .flatMap(record -> record.steps().stream())
                .anyMatch(step -> step.state() == State.DETACHED);
    }

    /**
     * Unmounts what is in a directory without being on record, and removes the directory.
     *
     * @param directory its name in the target directory
     * @param onRecord the entries that were dealt with
     * @throws DavitException the kind of the first failure; everything was tried
     */
    void clean(String directory, Set<String> onRecord) throws DavitException {
        Failures found = new Failures();
        String path = parts.targets().root().resolve(directory).toString();
        for (TargetDirectory.Entry entry : parts.targets().entries(directory)) {
            if (!onRecord.contains(entry.name())) {
                found.attempt(
                        "unmount " + directory + "/" + entry.name(),
                        () -> unmounter.unmount(entry, path + "/" + entry.name()));
            }
        }
        found.throwIfAny();
        parts.targets().remove(directory, unmounter.requireNothingBelow(path));
    }
}

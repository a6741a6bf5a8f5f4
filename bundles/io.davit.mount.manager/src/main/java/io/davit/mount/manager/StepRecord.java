package io.davit.mount.manager;

import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountPlan.Taker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known about one mount of an activation: first the intent, then how it went.
 *
 * @param plan who takes the mount, and why
 * @param type the type behind all prefixes
 * @param entry the name of its mount point in the activation's directory; empty if it is left to
 *     the caller
 * @param active the mount as it was performed; empty until then
 * @param state how far it is
 * @param detached the system's number of the mount that was detached while busy; 0 for none
 * @param notes what transformers may have made for it that is not taken back, oldest first
 */
record StepRecord(
        MountPlan.Step plan,
        String type,
        String entry,
        Optional<ActiveMount> active,
        State state,
        long detached,
        List<Note> notes) {
    /** How far a mount is. */
    enum State {
        /** Recorded; whether it was performed is unknown unless it is active. */
        PLANNED,
        /** Performed. */
        DONE,
        /** Proven gone. */
        UNDONE,
        /** Taken out of the tree while busy; gone when its last user is. */
        DETACHED
    }

    /**
     * What a transformer told before it made something.
     *
     * @param prefix the transformer
     * @param text what it needs to know to take it back
     */
    record Note(String prefix, String text) {
        Note {
            Objects.requireNonNull(prefix, "prefix");
            Objects.requireNonNull(text, "text");
        }
    }

    StepRecord {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(active, "active");
        Objects.requireNonNull(state, "state");
        notes = List.copyOf(notes);
    }

    /** The intent of a planned mount. */
    static StepRecord intent(PlannedMount mount, String entry) {
        return new StepRecord(
                mount.step(), mount.type(), entry, Optional.empty(), State.PLANNED, 0, List.of());
    }

    int index() {
        return plan.index();
    }

    boolean isPerformed() {
        return plan.taker().isPerformed();
    }

    boolean isHandled() {
        return plan.taker() == Taker.HANDLER;
    }

    /** Says whether there may be something to undo. */
    boolean isOpen() {
        return isPerformed() && (state == State.PLANNED || state == State.DONE);
    }

    /**
     * The type by which the handler is found that undoes it: the one reported, else the planned.
     */
    String undoType() {
        return active.map(ActiveMount::mount).map(Mount::type).orElse(type);
    }

    StepRecord done(ActiveMount mount) {
        return new StepRecord(plan, type, entry, Optional.of(mount), State.DONE, 0, notes);
    }

    StepRecord undone(State next, long mountId) {
        return new StepRecord(plan, type, entry, active, next, mountId, notes);
    }

    StepRecord noted(Note note) {
        List<Note> more = new ArrayList<>(notes);
        more.add(note);
        return withNotes(more);
    }

    /** This with only its first notes. */
    StepRecord takenBack(int left) {
        return withNotes(notes.subList(0, Math.min(left, notes.size())));
    }

    private StepRecord withNotes(List<Note> next) {
        return new StepRecord(plan, type, entry, active, state, detached, next);
    }
}

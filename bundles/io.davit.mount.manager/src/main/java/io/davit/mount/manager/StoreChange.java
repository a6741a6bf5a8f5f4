package io.davit.mount.manager;

import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.mount.manager.StepRecord.Note;
import io.davit.mount.manager.StepRecord.State;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the journal holds: one change of one activation each. */
sealed interface StoreChange {
    /** The number of the activation it changes. */
    long id();

    /**
     * The whole activation: its intent, or its copy in a snapshot.
     *
     * @param record the activation
     */
    record Whole(ActivationRecord record) implements StoreChange {
        @Override
        public long id() {
            return record.id();
        }
    }

    /**
     * A mount was performed.
     *
     * @param id the activation
     * @param index the mount
     * @param active the mount as it is now
     */
    record Done(long id, int index, ActiveMount active) implements StoreChange {}

    /**
     * A mount was undone, as far as {@code state} says.
     *
     * @param id the activation
     * @param index the mount
     * @param state how far
     * @param mountId the system's number of the mount if it was detached while busy, else 0
     */
    record Undone(long id, int index, State state, long mountId) implements StoreChange {}

    /**
     * A transformer is about to make something.
     *
     * @param id the activation
     * @param index the mount
     * @param note how to take it back
     */
    record Noted(long id, int index, Note note) implements StoreChange {}

    /**
     * What a transformer made was taken back.
     *
     * @param id the activation
     * @param index the mount
     * @param left how many notes of the mount are left, the oldest ones
     */
    record TakenBack(long id, int index, int left) implements StoreChange {}

    /**
     * The activation was finished, and what transformers made for it stays.
     *
     * @param id the activation
     * @param system the mounts left to the caller
     * @param at when
     */
    record Completed(long id, List<Mount> system, Instant at) implements StoreChange {}

    /**
     * The labels were replaced.
     *
     * @param id the activation
     * @param labels the new labels
     * @param at when
     */
    record Labelled(long id, Map<String, String> labels, Instant at) implements StoreChange {}

    /**
     * The activation was given up.
     *
     * @param id the activation
     */
    record Left(long id) implements StoreChange {}

    /**
     * Nothing of the activation is left.
     *
     * @param id the activation
     */
    record Forgotten(long id) implements StoreChange {}

    /**
     * The numbers up to this one are used up.
     *
     * @param id the number
     */
    record Counted(long id) implements StoreChange {}
}

package io.davit.mount.manager;

import io.davit.journal.Journal;
import io.davit.journal.RecordInput.MalformedException;
import io.davit.mount.manager.ActivationStore.Quarantined;
import io.davit.mount.manager.StoreChange.Completed;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Done;
import io.davit.mount.manager.StoreChange.Labelled;
import io.davit.mount.manager.StoreChange.Left;
import io.davit.mount.manager.StoreChange.Noted;
import io.davit.mount.manager.StoreChange.TakenBack;
import io.davit.mount.manager.StoreChange.Undone;
import io.davit.mount.manager.StoreChange.Whole;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Fills a store from its journal and keeps out what nobody may act on. */
final class StoreReplay {
    private static final Logger LOG = LoggerFactory.getLogger(StoreReplay.class);

    private final ActivationStore store;
    private final RecordRules rules;
    private final List<Refused> refused = new ArrayList<>();

    /** Numbers of which a record was refused; everything else about them is refused too. */
    private final Set<Long> bad = new HashSet<>();

    /** A record and what is wrong with it. */
    private record Refused(long id, byte[] bytes, String why) {}

    StoreReplay(ActivationStore store, RecordRules rules) {
        this.store = store;
        this.rules = rules;
    }

    /** Applies one record of the journal, or puts it aside. */
    void take(byte[] bytes) {
        long id = 0;
        try {
            StoreChange change = RecordCodec.decode(bytes);
            id = change.id();
            if (!bad.contains(id)) {
                requireGood(change);
                store.apply(change);
            }
        } catch (MalformedException e) {
            refuse(id, bytes, e.getMessage());
        }
    }

    private void requireGood(StoreChange change) {
        RecordRules.requireNumber(change.id());
        if (change instanceof Whole whole) {
            rules.require(whole.record());
        } else {
            store.find(change.id()).ifPresent(before -> rules.require(changed(before, change)));
        }
    }

    private void refuse(long id, byte[] bytes, String why) {
        refused.add(new Refused(id, bytes, why));
        bad.add(id);
        store.drop(id);
        try {
            RecordRules.requireNumber(id);
            store.apply(new Counted(id));
        } catch (MalformedException expected) {
            // a number that was never given out
        }
    }

    /** Hands what was refused to the journal, for a person to look at. */
    List<Quarantined> finish(Journal journal) {
        List<Quarantined> quarantined = new ArrayList<>();
        for (Refused record : refused) {
            journal.setAside(record.bytes(), record.why());
            LOG.warn("mount record put aside: id={} why={}", record.id(), record.why());
            quarantined.add(new Quarantined(record.id(), record.why()));
        }
        return List.copyOf(quarantined);
    }

    /**
     * Returns an activation after a change of one of its parts.
     *
     * @throws MalformedException if the activation has no such part
     */
    static ActivationRecord changed(ActivationRecord before, StoreChange change) {
        if (change instanceof Done done) {
            return before.with(step(before, done.index()).done(done.active()));
        }
        if (change instanceof Undone undone) {
            return before.with(
                    step(before, undone.index()).undone(undone.state(), undone.mountId()));
        }
        if (change instanceof Noted noted) {
            return before.with(step(before, noted.index()).noted(noted.note()));
        }
        if (change instanceof TakenBack taken) {
            return before.with(step(before, taken.index()).takenBack(taken.left()));
        }
        if (change instanceof Completed completed) {
            return before.completed(completed.system(), completed.at());
        }
        if (change instanceof Labelled labelled) {
            return before.labelled(labelled.labels(), labelled.at());
        }
        return change instanceof Left ? before.leaving() : before;
    }

    private static StepRecord step(ActivationRecord record, int index) {
        if (index >= record.steps().size()) {
            throw new MalformedException("no such mount: index=" + index);
        }
        return record.steps().get(index);
    }
}

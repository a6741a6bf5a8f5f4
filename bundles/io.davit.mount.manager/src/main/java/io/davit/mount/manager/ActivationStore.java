package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;
import io.davit.api.names.Namespace;
import io.davit.journal.Commit;
import io.davit.journal.Journal;
import io.davit.journal.JournalException;
import io.davit.journal.Mark;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Forgotten;
import io.davit.mount.manager.StoreChange.Whole;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The activations: served from memory, changed through the journal.
 *
 * <p>Who changes an activation holds the lock of its name. A change is visible at once and durable
 * when its commit says so.
 */
final class ActivationStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ActivationStore.class);

    /** Where a journal comes from. */
    interface Source {
        /** Opens the journal and replays it into {@code replay}. */
        Journal open(Consumer<byte[]> replay) throws JournalException;
    }

    /**
     * A record that is not acted on.
     *
     * @param id the activation it belongs to; 0 if that cannot be told
     * @param why what is wrong with it
     */
    record Quarantined(long id, String why) {}

    private final Journal journal;
    private final Executor background;
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicBoolean compacting = new AtomicBoolean();

    /** Guards the order of changes: submitted and applied in the same order. */
    private final Object order = new Object();

    /** By number; written under {@link #order}. */
    private final ConcurrentHashMap<Long, ActivationRecord> records = new ConcurrentHashMap<>();

    /** Numbers by name, of those that are not leaving; written under {@link #order}. */
    private final ConcurrentHashMap<ActivationName, Long> names = new ConcurrentHashMap<>();

    private final List<Quarantined> quarantine;

    /**
     * Opens the store.
     *
     * @param source the journal
     * @param rules what a record must be like
     * @param background where snapshots are written
     * @throws DavitException {@code UNAVAILABLE} if another manager has it open; {@code INTERNAL}
     *     if the disk refuses
     */
    ActivationStore(Source source, RecordRules rules, Executor background) throws DavitException {
        this.background = background;
        StoreReplay replay = new StoreReplay(this, rules);
        try {
            this.journal = source.open(replay::take);
        } catch (JournalException e) {
            throw StoreFailures.of("cannot open the mount store", e);
        }
        this.quarantine = replay.finish(journal);
        journal.recovery()
                .damages()
                .forEach(d -> LOG.warn("mount store damaged: file={} why={}", d.file(), d.why()));
    }

    /** Says whether everything that was ever recorded is here. */
    boolean isWhole() {
        return journal.recovery().isWhole();
    }

    List<Quarantined> quarantined() {
        return quarantine;
    }

    long nextId() {
        return lastId.incrementAndGet();
    }

    long lastId() {
        return lastId.get();
    }

    Optional<ActivationRecord> find(ActivationName name) {
        return Optional.ofNullable(names.get(name)).map(records::get);
    }

    Optional<ActivationRecord> find(long id) {
        return Optional.ofNullable(records.get(id));
    }

    /** Says whether an activation is leaving. */
    boolean hasLeaving() {
        return records.size() > names.size();
    }

    /** Returns a copy of all activations, also those that are leaving, oldest first. */
    List<ActivationRecord> all() {
        return records.values().stream()
                .sorted(Comparator.comparingLong(ActivationRecord::id))
                .toList();
    }

    /** Returns the activations of a namespace that are not leaving, in no order. */
    List<ActivationRecord> named(Namespace namespace) {
        List<ActivationRecord> found = new ArrayList<>();
        for (ActivationRecord record : records.values()) {
            if (record.phase() != Phase.LEAVING && record.name().namespace().equals(namespace)) {
                found.add(record);
            }
        }
        return found;
    }

    /**
     * Changes an activation and waits until that is durable.
     *
     * @throws DavitException the kind of the journal's failure; memory holds the change then, the
     *     disk may
     */
    void changeDurably(StoreChange change) throws DavitException {
        try {
            submit(change).await();
        } catch (JournalException e) {
            throw StoreFailures.of("cannot record the activation: id=" + change.id(), e);
        }
        compactIfDue();
    }

    /**
     * Changes an activation and waits until that survives the end of this process. It need not
     * survive a power cut, which undoes all mounts as well; the next durable change sees to it.
     *
     * @throws DavitException as for {@link #changeDurably}
     */
    void changeWritten(StoreChange change) throws DavitException {
        try {
            submit(change).awaitWritten();
        } catch (JournalException e) {
            throw StoreFailures.of("cannot record the activation: id=" + change.id(), e);
        }
        compactIfDue();
    }

    /**
     * Does work between a change that survives the end of this process and its becoming durable; a
     * journal that refuses is no reason not to go on, because recovery finds out what is mounted.
     */
    void changeAround(StoreChange change, Runnable work) {
        Commit commit = null;
        try {
            commit = submit(change);
            commit.awaitWritten();
        } catch (JournalException e) {
            LOG.warn("activation not recorded: id={} why={}", change.id(), e.getMessage());
        }
        try {
            work.run();
        } finally {
            awaitOrWarn(change, commit);
        }
        compactIfDue();
    }

    private static void awaitOrWarn(StoreChange change, Commit commit) {
        try {
            if (commit != null) {
                commit.await();
            }
        } catch (JournalException e) {
            LOG.warn("activation not recorded: id={} why={}", change.id(), e.getMessage());
        }
    }

    /**
     * Changes an activation; durable with or before the next durable change. If the journal takes
     * nothing any more, the change is in memory alone, and recovery finds out what is mounted.
     */
    void change(StoreChange change) {
        try {
            submit(change);
        } catch (JournalException e) {
            LOG.warn("mount store takes no record: id={} why={}", change.id(), e.getMessage());
        }
        compactIfDue();
    }

    private Commit submit(StoreChange change) throws JournalException {
        byte[] bytes = RecordCodec.encode(change);
        synchronized (order) {
            apply(change);
            return journal.submit(bytes);
        }
    }

    /** Changes memory. Called under {@link #order}, or while the store is opened. */
    void apply(StoreChange change) {
        if (change instanceof Whole whole) {
            lastId.accumulateAndGet(change.id(), Math::max);
            put(whole.record());
        } else if (change instanceof Counted) {
            lastId.accumulateAndGet(change.id(), Math::max);
        } else if (change instanceof Forgotten) {
            ActivationRecord gone = records.remove(change.id());
            if (gone != null) {
                names.remove(gone.name(), gone.id());
            }
        } else {
            ActivationRecord before = records.get(change.id());
            if (before != null) {
                put(StoreReplay.changed(before, change));
            }
        }
    }

    private void put(ActivationRecord record) {
        records.put(record.id(), record);
        if (record.phase() == Phase.LEAVING) {
            names.remove(record.name(), record.id());
        } else {
            names.put(record.name(), record.id());
        }
    }

    private void compactIfDue() {
        if (journal.compactionDue() && compacting.compareAndSet(false, true)) {
            background.execute(
                    () -> {
                        try {
                            compact();
                        } catch (JournalException e) {
                            LOG.warn("mount store snapshot failed: {}", e.getMessage());
                        } finally {
                            compacting.set(false);
                        }
                    });
        }
    }

    /** Replaces the log by what is live. */
    void compact() throws JournalException {
        Mark mark;
        Collection<ActivationRecord> live;
        long last;
        synchronized (order) {
            mark = journal.mark();
            live = all();
            last = lastId.get();
        }
        List<byte[]> snapshot = new ArrayList<>();
        snapshot.add(RecordCodec.encode(new Counted(last)));
        live.forEach(record -> snapshot.add(RecordCodec.encode(new Whole(record))));
        journal.compact(mark, snapshot);
    }

    /** Takes a record out of memory because it is not to be acted on. */
    void drop(long id) {
        apply(new Forgotten(id));
    }

    /** Says whether a number belongs to a record that is not acted on. */
    boolean isQuarantined(long id) {
        return quarantine.stream().anyMatch(q -> q.id() == id);
    }

    @Override
    public void close() {
        try {
            journal.close();
        } catch (JournalException e) {
            LOG.warn("mount store closed with a failure: {}", e.getMessage());
        }
    }
}

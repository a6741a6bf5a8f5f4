package io.davit.event.exchange;

import io.davit.event.exchange.History.Entry;
import io.davit.journal.Commit;
import io.davit.journal.Journal;
import io.davit.journal.JournalException;
import io.davit.journal.JournalOptions;
import io.davit.journal.Mark;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps events over restarts, in a journal. Events are told even if they cannot be stored; that is
 * logged when it begins and when it ends. Used by one thread at a time.
 */
final class EventStore {
    private static final Logger LOG = LoggerFactory.getLogger(EventStore.class);
    private static final String NAME = "events";

    private final Journal journal;

    /** Whether the last attempt to store failed. */
    private boolean failing;

    private EventStore(Journal journal) {
        this.journal = journal;
    }

    /** Makes a store that keeps nothing. */
    static EventStore inMemory() {
        return new EventStore(Journal.inMemory(JournalOptions.named(NAME)));
    }

    /** Takes what a directory holds, oldest first, before the store takes more. */
    interface Restored {
        void event(Entry entry);
    }

    /** Opens a directory; falls back to memory if that is not possible. */
    static EventStore open(Path directory, Restored restored) {
        List<byte[]> foreign = new ArrayList<>();
        try {
            Journal journal =
                    Journal.open(
                            directory,
                            JournalOptions.named(NAME),
                            record -> restore(record, restored, foreign));
            foreign.forEach(record -> journal.setAside(record, "no event"));
            if (!journal.recovery().isWhole()) {
                LOG.warn("event store was damaged: {}", journal.recovery());
            }
            return new EventStore(journal);
        } catch (JournalException e) {
            LOG.error("events are kept in memory only: directory={}", directory, e);
            return inMemory();
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a damaged record fails in the values it makes
    private static void restore(byte[] record, Restored restored, List<byte[]> foreign) {
        Entry entry;
        try {
            entry = EventCodec.decode(record);
        } catch (RuntimeException e) {
            LOG.warn("event record is damaged and set aside", e);
            foreign.add(record);
            return;
        }
        restored.event(entry);
    }

    /** Stores events and waits until they are as safe as they will be. */
    void store(List<Entry> entries) {
        try {
            Commit last = null;
            for (Entry entry : entries) {
                last = journal.submit(EventCodec.encode(entry));
            }
            if (last != null) {
                last.await();
            }
            if (failing) {
                LOG.info("events are stored again");
            }
            failing = false;
        } catch (JournalException e) {
            if (!failing) {
                LOG.error("events are told but not stored: reason={}", e.reason(), e);
            }
            failing = true;
        }
    }

    /** Forgets in the journal what the history has forgotten, once that pays. */
    void compactIfDue(History history) {
        if (!journal.compactionDue()) {
            return;
        }
        try {
            Mark mark = journal.mark();
            List<byte[]> live = new ArrayList<>();
            history.kept(history.released()).forEach(e -> live.add(EventCodec.encode(e)));
            journal.compact(mark, live);
        } catch (JournalException e) {
            LOG.warn("event store not compacted: reason={}", e.reason(), e);
        }
    }

    void close() {
        try {
            journal.close();
        } catch (JournalException e) {
            LOG.warn("last events may not be stored: reason={}", e.reason(), e);
        }
    }
}

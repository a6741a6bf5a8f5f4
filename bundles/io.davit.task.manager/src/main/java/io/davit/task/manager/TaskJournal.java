package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.TaskId;
import io.davit.journal.Commit;
import io.davit.journal.Journal;
import io.davit.journal.JournalException;
import io.davit.journal.JournalOptions;
import io.davit.journal.Mark;
import io.davit.task.manager.TaskRecordCodec.Change;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The records of all tasks, in memory and in a journal. Safe for use by many threads. */
final class TaskJournal {
    private static final Logger LOG = LoggerFactory.getLogger(TaskJournal.class);
    private static final String NAME = "tasks";

    private final Journal journal;

    /** The records as submitted. Guarded by itself, together with submits and marks. */
    private final Map<TaskId, TaskRecord> records = new LinkedHashMap<>();

    /** Whether some thread is compacting. */
    private final AtomicBoolean compacting = new AtomicBoolean();

    private TaskJournal() {
        this.journal = Journal.inMemory(JournalOptions.named(NAME));
    }

    private TaskJournal(Path directory) throws JournalException {
        List<byte[]> foreign = new ArrayList<>();
        this.journal =
                Journal.open(
                        directory, JournalOptions.named(NAME), record -> replay(record, foreign));
        foreign.forEach(record -> journal.setAside(record, "no valid record of a task"));
        if (!journal.recovery().isWhole()) {
            LOG.error("journal of tasks was damaged: {}", journal.recovery());
        }
    }

    /** Makes a journal that keeps nothing. */
    static TaskJournal inMemory() {
        return new TaskJournal();
    }

    /** Opens a directory and reads what it holds. */
    static TaskJournal open(Path directory) throws DavitException {
        try {
            return new TaskJournal(directory);
        } catch (JournalException e) {
            throw failed("cannot open the journal of tasks", e);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a damaged record fails in the values it makes
    private void replay(byte[] record, List<byte[]> foreign) {
        try {
            Change change = TaskRecordCodec.decode(record);
            apply(change.id(), change.put());
        } catch (RuntimeException e) {
            LOG.error("task record is damaged and set aside", e);
            foreign.add(record);
        }
    }

    private void apply(TaskId id, TaskRecord put) {
        if (put == null) {
            records.remove(id);
        } else {
            records.put(id, put);
        }
    }

    /** The records, in the order in which their tasks were begun. */
    List<TaskRecord> records() {
        synchronized (records) {
            return List.copyOf(records.values());
        }
    }

    /** Puts a record into the order of the journal; it is durable when the result says so. */
    Pending put(TaskRecord record) throws DavitException {
        return submit(record.id(), record, TaskRecordCodec.put(record));
    }

    /** Removes a record; that is durable when the result says so. */
    Pending remove(TaskId id) throws DavitException {
        return submit(id, null, TaskRecordCodec.remove(id));
    }

    /** A change on its way to the disk. */
    record Pending(Commit commit, TaskId id) {
        void await() throws DavitException {
            try {
                commit.await();
            } catch (JournalException e) {
                throw failed("cannot record the task: task=" + id, e);
            }
        }
    }

    private Pending submit(TaskId id, TaskRecord record, byte[] bytes) throws DavitException {
        synchronized (records) {
            try {
                Commit commit = journal.submit(bytes);
                apply(id, record);
                return new Pending(commit, id);
            } catch (JournalException e) {
                throw failed("cannot record the task: task=" + id, e);
            }
        }
    }

    /** Replaces the past by the present, once that pays. */
    void compactIfDue() {
        if (!journal.compactionDue() || !compacting.compareAndSet(false, true)) {
            return;
        }
        try {
            List<byte[]> live = new ArrayList<>();
            Mark mark;
            synchronized (records) {
                mark = journal.mark();
                records.values().forEach(record -> live.add(TaskRecordCodec.put(record)));
            }
            journal.compact(mark, live);
        } catch (JournalException e) {
            LOG.warn("journal of tasks not compacted: reason={}", e.reason(), e);
        } finally {
            compacting.set(false);
        }
    }

    void close() {
        try {
            journal.close();
        } catch (JournalException e) {
            LOG.warn("last records of tasks may not be durable: reason={}", e.reason(), e);
        }
    }

    private static DavitException failed(String what, JournalException e) {
        Kind kind =
                switch (e.reason()) {
                    case FULL -> Kind.RESOURCE_EXHAUSTED;
                    case TOO_LARGE -> Kind.INVALID_ARGUMENT;
                    case IN_USE -> Kind.FAILED_PRECONDITION;
                    case TIMED_OUT -> Kind.DEADLINE_EXCEEDED;
                    case INTERRUPTED -> Kind.CANCELLED;
                    case CLOSED -> Kind.UNAVAILABLE;
                    case IO, READ_ONLY, STALE -> Kind.INTERNAL;
                };
        return new DavitException(kind, what + " cause=" + e.getMessage(), e);
    }
}

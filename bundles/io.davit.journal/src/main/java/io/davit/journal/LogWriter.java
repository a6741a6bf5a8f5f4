package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/**
 * The one thread that writes a log. Nobody has a reference by which to interrupt it.
 *
 * <p>All fields but those said otherwise are the thread's own.
 */
final class LogWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private static final byte[] ZEROS = new byte[64 << 10];
    private static final long LEAST_RESERVE = 64 << 10;
    private static final long MOST_RESERVE = 1 << 20;

    private final Storage storage;
    private final JournalOptions options;
    private final CommitQueue queue;
    private StoredFile file;
    private long next;

    /** Up to where the file has zeros, and whether its length changed since its last sync. */
    private long reserved;

    private boolean resized = true;

    /** Whether there is space for zeros. */
    private boolean roomy = true;

    /** What is in hand. */
    private CommitQueue.Work current;

    /** Generation and length of the log; read by any thread. */
    private volatile long generation;

    private volatile long end;

    /** At which length a snapshot pays; written and read by any thread. */
    private volatile long dueAt;

    LogWriter(Storage storage, JournalOptions options, CommitQueue queue, Recovered opened) {
        this.storage = storage;
        this.options = options;
        this.queue = queue;
        this.file = opened.file();
        this.next = opened.next();
        this.generation = opened.generation();
        this.end = opened.end();
        this.reserved = lengthOf(file, end);
        this.dueAt = due(opened.snapshotEnd(), opened.snapshotEnd());
    }

    /** The top frame of the thread: whatever happens, nobody must wait for ever. */
    @Override
    @SuppressWarnings("checkstyle:IllegalCatch")
    public void run() {
        try {
            boolean more = true;
            while (more) {
                more = turn();
            }
        } catch (RuntimeException | Error e) {
            abandon(refuse("writer ended", e));
        } finally {
            cutZeros();
            closeFile(file);
            storage.release();
        }
    }

    private static long lengthOf(StoredFile file, long otherwise) {
        try {
            return Math.max(file.length(), otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }

    /** A file that is closed in peace holds records alone; otherwise the zeros do no harm. */
    private void cutZeros() {
        try {
            if (queue.failure() == null && reserved > end) {
                file.truncate(end);
            }
        } catch (IOException e) {
            LOG.warn("journal file not shortened: name={}", options.name(), e);
        }
    }

    /** Waits for work and does it; {@code false} when there will be no more. */
    boolean turn() {
        current = queue.take();
        if (current == null) {
            return false;
        }
        write(current.batch());
        if (current.wanted() != null) {
            perform(current.wanted());
        }
        return true;
    }

    /** Fails what was in hand. */
    private void abandon(JournalException why) {
        if (current != null) {
            current.batch().finish(why);
            if (current.wanted() != null) {
                current.wanted().failWithoutDiscard(why);
            }
        }
    }

    /** Whether the log has grown enough since the last snapshot. */
    boolean isDue() {
        return end > dueAt;
    }

    /** Asks no more for a snapshot until the log has grown again. */
    void postpone() {
        dueAt = due(end, 0);
    }

    private long due(long from, long snapshot) {
        long growth = Math.max(options.compactAfterBytes(), snapshot);
        return from + Math.min(growth, options.mostBytes() / 4);
    }

    private void write(Batch batch) {
        Records records = batch.records();
        JournalException failure = queue.failure();
        batch.place(generation, end);
        if (failure == null && records.length() > 0) {
            long following = records.seal(next);
            failure = commit(batch);
            next = failure == null ? following : next;
        }
        queue.finished(batch, end, failure);
    }

    /** Writes and syncs; returns what went wrong. */
    private JournalException commit(Batch batch) {
        Records records = batch.records();
        try {
            reserve(end + records.length());
            writeAll(records);
        } catch (IOException e) {
            return cutAgain(e);
        }
        batch.written();
        try {
            JournalPoint.STORE_WRITTEN.hit();
            sync();
            JournalPoint.STORE_SYNCED.hit();
        } catch (IOException e) {
            return refuse("sync failed", e);
        }
        end += records.length();
        return null;
    }

    private void sync() throws IOException {
        if (resized) {
            file.sync();
            resized = false;
        } else {
            file.syncData();
        }
    }

    /**
     * Writes zeros ahead, so that most syncs find length and blocks of the file unchanged and write
     * the records alone. Zeros end a log. Without the space for them it goes on without.
     */
    private void reserve(long needed) throws IOException {
        if (needed <= reserved) {
            return;
        }
        resized = true;
        long step = Math.max(LEAST_RESERVE, Math.min(end, MOST_RESERVE));
        long wanted = Math.min(needed + step, options.mostBytes());
        try {
            for (long at = reserved; roomy && at < wanted; at += ZEROS.length) {
                file.write(at, ZEROS, 0, (int) Math.min(ZEROS.length, wanted - at));
                reserved = Math.min(at + ZEROS.length, wanted);
            }
        } catch (IOException noSpace) {
            roomy = false;
            file.truncate(end);
            reserved = end;
        }
        reserved = Math.max(reserved, needed);
    }

    private void writeAll(Records records) throws IOException {
        int first = JournalPoint.STORE_WRITE.armed() ? (records.length() - 1) / 2 : 0;
        file.write(end, records.bytes(), 0, first);
        JournalPoint.STORE_WRITE.hit();
        file.write(end + first, records.bytes(), first, records.length() - first);
    }

    /** Takes back what a failed write left. The log then goes on where it was. */
    private JournalException cutAgain(IOException cause) {
        try {
            file.truncate(end);
            reserved = end;
            resized = true;
            file.sync();
        } catch (IOException e) {
            e.addSuppressed(cause);
            return refuse("failed write cannot be cut off", e);
        }
        return failed("record not written", cause);
    }

    private void perform(Switch wanted) {
        SnapshotFile snapshot = wanted.snapshot();
        long start = wanted.mark().batch().startIn(generation);
        if (queue.failure() != null) {
            wanted.fail(queue.failure());
            return;
        }
        if (start < 0) {
            String why = "snapshot is stale: name=" + options.name();
            wanted.fail(new JournalException(Reason.STALE, why));
            return;
        }
        try {
            snapshot.follow(file, start + wanted.mark().offset(), end);
            JournalPoint.SNAPSHOT_WRITTEN.hit();
            snapshot.rename();
        } catch (IOException e) {
            wanted.fail(failed("snapshot not written", e));
            return;
        }
        try {
            JournalPoint.SNAPSHOT_RENAMED.hit();
            storage.sync();
        } catch (IOException e) {
            wanted.failWithoutDiscard(refuse("sync of the directory failed", e));
            closeFile(snapshot.file());
            return;
        }
        take(snapshot);
        wanted.succeed();
    }

    /** From here on the snapshot is the log. */
    private void take(SnapshotFile snapshot) {
        long before = generation;
        closeFile(file);
        file = snapshot.file();
        next = snapshot.sequence();
        end = snapshot.end();
        reserved = end;
        resized = true;
        roomy = true;
        generation = snapshot.generation();
        dueAt = due(snapshot.snapshotEnd(), snapshot.snapshotEnd());
        queue.resize(end);
        JournalPoint.SNAPSHOT_SWITCHED.hit();
        removeOlderThan(before);
    }

    private void removeOlderThan(long kept) {
        try {
            for (String name : storage.list()) {
                long found = LogHeader.generationOf(name);
                if (found > 0 && found < kept) {
                    storage.delete(name);
                }
            }
        } catch (IOException e) {
            LOG.warn("old journal file not removed: name={}", options.name(), e);
        }
    }

    private JournalException failed(String what, IOException cause) {
        return JournalFailures.of(storage, options, what, cause);
    }

    /** Makes the journal read-only for good. */
    private JournalException refuse(String what, Throwable cause) {
        JournalException why =
                new JournalException(
                        Reason.READ_ONLY,
                        "journal is read-only: name="
                                + options.name()
                                + " "
                                + what
                                + ": "
                                + cause.getMessage(),
                        cause);
        queue.refuse(why);
        LOG.error("journal is read-only: name={} why={}", options.name(), what, cause);
        return why;
    }

    private void closeFile(StoredFile done) {
        try {
            done.close();
        } catch (IOException e) {
            LOG.warn("journal file not closed: name={}", options.name(), e);
        }
    }
}

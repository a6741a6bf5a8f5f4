package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Between those who submit and the one who writes: one batch that fills while the other is written.
 */
final class CommitQueue {
    private final JournalOptions options;
    private final Lock lock = new ReentrantLock();

    /** There is something for the writer. */
    private final Condition work = lock.newCondition();

    /** There may be room for a submitter. */
    private final Condition room = lock.newCondition();

    /** What submitters add to. Guarded by {@link #lock}. */
    private Batch filling;

    /** The buffer of the next batch; {@code null} while the writer has it. Guarded by lock. */
    private Records spare = new Records();

    /** Bytes in the log, and in the batch that is being written. Guarded by lock. */
    private long durable;

    private long writing;

    /** A finished snapshot that waits to take its place. Guarded by lock. */
    private Switch wanted;

    /** Written under lock. */
    private volatile boolean closed;

    /** Why nothing is taken any more. Written under lock. */
    private volatile JournalException failure;

    /** What the writer does next: write the batch, then perform the switch, if there is one. */
    record Work(Batch batch, Switch wanted) {}

    CommitQueue(JournalOptions options, long durable) {
        this.options = options;
        this.durable = durable;
        this.filling = new Batch(options, new Records());
    }

    /** Adds a record to the batch that fills, waiting for room if need be. */
    Batch submit(byte[] record) throws JournalException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Batch.interrupted(options, "record", e);
        }
        try {
            awaitRoom(Records.HEADER + record.length);
            filling.records().add(record);
            work.signal();
            return filling;
        } finally {
            lock.unlock();
        }
    }

    /** The place behind everything submitted so far. */
    LogMark mark() throws JournalException {
        lock.lock();
        try {
            requireTaking();
            return new LogMark(filling, filling.records().length());
        } finally {
            lock.unlock();
        }
    }

    /** Hands a finished snapshot to the writer. */
    void request(Switch snapshot) throws JournalException {
        lock.lock();
        try {
            requireTaking();
            if (wanted != null) {
                throw new JournalException(
                        Reason.STALE, "another snapshot waits: name=" + options.name());
            }
            wanted = snapshot;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something to do; {@code null} when closed and nothing is left. */
    Work take() {
        lock.lock();
        try {
            while (filling.records().length() == 0 && wanted == null) {
                if (closed) {
                    return null;
                }
                work.awaitUninterruptibly();
            }
            Work taken = new Work(filling, wanted);
            wanted = null;
            writing = filling.records().length();
            filling = new Batch(options, spare);
            spare = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a written batch back. A failure also fails what was submitted behind it. */
    void finished(Batch batch, long end, JournalException outcome) {
        Batch behind = null;
        lock.lock();
        try {
            durable = end;
            writing = 0;
            if (outcome != null) {
                behind = filling;
                filling = new Batch(options, new Records());
            }
            batch.records().clear();
            spare = batch.records();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        batch.finish(outcome);
        if (behind != null) {
            behind.finish(outcome);
        }
    }

    /** Takes no more records, and fails those that wait. */
    void refuse(JournalException why) {
        Batch waiting;
        Switch snapshot;
        lock.lock();
        try {
            failure = failure == null ? why : failure;
            waiting = filling;
            filling = new Batch(options, new Records());
            snapshot = wanted;
            wanted = null;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        waiting.finish(why);
        if (snapshot != null) {
            snapshot.fail(why);
        }
    }

    /** Takes no more records; the writer ends when it has written what there is. */
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The length the log has now, for the limit, after a snapshot took its place. */
    void resize(long end) {
        lock.lock();
        try {
            durable = end;
        } finally {
            lock.unlock();
        }
    }

    JournalException failure() {
        return failure;
    }

    private void awaitRoom(int bytes) throws JournalException {
        long left = options.commitWithin().toNanos();
        requireTaking();
        while (isQueueFull(bytes)) {
            try {
                left = room.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Batch.interrupted(options, "record", e);
            }
            requireTaking();
            if (left <= 0 && isQueueFull(bytes)) {
                throw new JournalException(
                        Reason.TIMED_OUT, "no room for a record in time: name=" + options.name());
            }
        }
        long queued = writing + filling.records().length();
        if (durable + queued + bytes > options.mostBytes()) {
            throw new JournalException(
                    Reason.FULL,
                    "journal is full: name=" + options.name() + " most=" + options.mostBytes());
        }
    }

    /** A record longer than the whole queue may have it for itself. */
    private boolean isQueueFull(int bytes) {
        long queued = writing + filling.records().length();
        return queued > 0 && queued + bytes > options.mostQueuedBytes();
    }

    /** Fails if nothing is taken any more. */
    void requireTaking() throws JournalException {
        if (failure != null) {
            throw new JournalException(failure.reason(), failure.getMessage(), failure);
        }
        if (closed) {
            throw new JournalException(Reason.CLOSED, "journal closed: name=" + options.name());
        }
    }
}

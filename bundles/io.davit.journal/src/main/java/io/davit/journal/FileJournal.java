package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A journal on disk. */
final class FileJournal implements Journal {
    private final Storage storage;
    private final JournalOptions options;
    private final JournalRecovery recovery;
    private final CommitQueue queue;
    private final Refused refused;

    /** {@code null} together with {@link #thread} if the journal was opened read-only. */
    private final LogWriter writer;

    private final Thread thread;

    /** The number of the next snapshot's file. */
    private final AtomicLong generation;

    /** Whether a snapshot is being taken. */
    private final AtomicBoolean compacting = new AtomicBoolean();

    private FileJournal(Storage storage, JournalOptions options, Recovered opened) {
        this.storage = storage;
        this.options = options;
        this.recovery = opened.report();
        this.refused = new Refused(storage);
        this.queue = new CommitQueue(options, opened.end());
        this.generation = new AtomicLong(opened.highest());
        if (opened.failure() != null) {
            queue.refuse(opened.failure());
            this.writer = null;
            this.thread = null;
        } else {
            this.writer = new LogWriter(storage, options, queue, opened);
            this.thread = new Thread(writer, "davit-journal-" + options.name());
            thread.setDaemon(true);
        }
    }

    /** Recovers a directory and starts the writer. */
    static FileJournal open(Storage storage, JournalOptions options, Consumer<byte[]> replay)
            throws JournalException {
        boolean opened = false;
        try {
            Recovered recovered = new Recovery(storage, options).run(replay);
            FileJournal journal = new FileJournal(storage, options, recovered);
            journal.start();
            opened = true;
            return journal;
        } catch (IOException e) {
            throw JournalFailures.of(storage, options, "journal not opened", e);
        } finally {
            if (!opened) {
                storage.release();
            }
        }
    }

    private void start() {
        if (thread != null) {
            thread.start();
        }
    }

    @Override
    public Commit submit(byte[] record) throws JournalException {
        Records.requireLength(options, record);
        return queue.submit(record);
    }

    @Override
    public Mark mark() throws JournalException {
        return queue.mark();
    }

    @Override
    public void compact(Mark mark, Iterable<byte[]> live) throws JournalException {
        queue.requireTaking();
        if (!(mark instanceof LogMark place) || !compacting.compareAndSet(false, true)) {
            throw new JournalException(
                    Reason.STALE, "another snapshot is being taken: name=" + options.name());
        }
        boolean done = false;
        try {
            SnapshotFile snapshot = snapshot(live);
            Switch wanted = new Switch(place, snapshot);
            request(wanted);
            wanted.await(options);
            done = true;
        } finally {
            compacting.set(false);
            if (!done && writer != null) {
                writer.postpone();
            }
        }
    }

    private void request(Switch wanted) throws JournalException {
        try {
            queue.request(wanted);
        } catch (JournalException e) {
            wanted.snapshot().discard();
            throw e;
        }
    }

    /** Writes the records under a temporary name. */
    private SnapshotFile snapshot(Iterable<byte[]> live) throws JournalException {
        SnapshotFile snapshot = null;
        boolean done = false;
        try {
            snapshot = new SnapshotFile(storage, options, generation.incrementAndGet());
            for (byte[] record : live) {
                snapshot.add(record);
            }
            snapshot.finish();
            done = true;
            return snapshot;
        } catch (IOException e) {
            throw JournalFailures.of(storage, options, "snapshot not written", e);
        } finally {
            if (!done && snapshot != null) {
                snapshot.discard();
            }
        }
    }

    @Override
    public boolean compactionDue() {
        return writer != null && queue.failure() == null && writer.isDue();
    }

    @Override
    public JournalRecovery recovery() {
        return recovery;
    }

    @Override
    public Optional<JournalException> failure() {
        return Optional.ofNullable(queue.failure());
    }

    @Override
    public Optional<Path> setAside(byte[] record, String why) {
        return refused.add(record, why);
    }

    @Override
    public void close() throws JournalException {
        queue.close();
        refused.close();
        if (thread == null) {
            storage.release();
        } else if (!join(thread, options.closeWithin())) {
            throw new JournalException(
                    Reason.TIMED_OUT, "journal not closed in time: name=" + options.name());
        }
    }

    /** Waits on even if interrupted, as the wait is bounded. */
    private static boolean join(Thread thread, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        boolean interrupted = false;
        try {
            while (thread.isAlive()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedJoin(thread, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

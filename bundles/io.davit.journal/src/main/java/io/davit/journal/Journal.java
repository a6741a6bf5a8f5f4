package io.davit.journal;

import org.osgi.annotation.versioning.ProviderType;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An append-only log of opaque records with one owner.
 *
 * <p>A record whose {@link #append} returned, or whose {@link Commit#await} returned, survives both
 * SIGKILL and a power cut. One that failed may turn up after the next opening or not. Records are
 * replayed in the order in which they were submitted.
 *
 * <p>After a failed sync the journal is read-only for good, because what a failed sync wrote is
 * unknown: every append fails with {@link JournalException.Reason#READ_ONLY} and {@link #failure}
 * tells why. Opening the directory again reads back what is really there. A write that failed
 * before its sync (no space, for example) is cut off again, and the journal goes on.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Appends that wait at the same moment share one
 * write and one sync, made by a thread of the journal's own that nobody interrupts; interrupting a
 * caller ends its wait and nothing else. No caller's code runs on that thread.
 *
 * @since 1.0
 */
@ProviderType
public interface Journal extends AutoCloseable {
    /**
     * Opens a directory, recovers what it holds, and replays it.
     *
     * <p>The directory and its parents are made with mode 0700 if missing, files with 0600. A torn
     * tail is cut; a damaged, foreign or newer file is set aside as {@code store.bad-<time>} in the
     * same directory; neither prevents opening, both are told by {@link #recovery}. A directory
     * that cannot be written, on a read-only file system for example, is opened read-only.
     *
     * @param directory a directory of this journal alone; not {@code null}
     * @param options name and limits; not {@code null}
     * @param replay takes every valid record, oldest first, on the calling thread before this
     *     method returns; what it throws closes the journal and reaches the caller; not {@code
     *     null}
     * @return an open journal; never {@code null}
     * @throws JournalException {@code IN_USE} if another owner, in this process or another, has the
     *     directory open; {@code FULL} or {@code IO} if the directory can neither be written nor
     *     read
     */
    static Journal open(Path directory, JournalOptions options, Consumer<byte[]> replay)
            throws JournalException {
        return FileJournal.open(DiskStorage.take(directory, options), options, replay);
    }

    /**
     * Makes a journal that writes nothing and forgets all: for one-shot use.
     *
     * <p>Appends return at once. Everything else behaves as in a journal on disk.
     *
     * @param options name and limits; not {@code null}
     * @return an open, empty journal; never {@code null}
     */
    static Journal inMemory(JournalOptions options) {
        return new MemoryJournal(options);
    }

    /**
     * Appends a record and waits until it is durable.
     *
     * @param record the record, 1 to {@link JournalOptions#longestRecord} bytes, copied before this
     *     method returns; not {@code null}
     * @throws JournalException {@code TOO_LARGE}, {@code CLOSED}, {@code READ_ONLY}; {@code FULL}
     *     if the disk or the journal's own limit is reached; {@code IO} if the write failed; {@code
     *     TIMED_OUT} after {@link JournalOptions#commitWithin}; {@code INTERRUPTED}, with the
     *     thread's interrupt flag set again. After the last two the record may still become durable
     */
    default void append(byte[] record) throws JournalException {
        submit(record).await();
    }

    /**
     * Puts a record in the order of the log and returns before it is durable.
     *
     * <p>Waits only while more than {@link JournalOptions#mostQueuedBytes} are queued.
     *
     * @param record as for {@link #append}; not {@code null}
     * @return to wait for; never {@code null}
     * @throws JournalException as for {@link #append}; nothing was submitted then
     */
    Commit submit(byte[] record) throws JournalException;

    /**
     * Marks the present end of the log as the point up to which a snapshot stands for it.
     *
     * <p>Two ways to be right. Either the owner submits, changes its state, and takes mark and copy
     * of the state, all under one lock of its own; or it changes its state before it submits, and
     * takes the mark before it reads the state, in which case records must be such that replaying
     * one over a newer state does no harm.
     *
     * @return never {@code null}
     * @throws JournalException {@code CLOSED} or {@code READ_ONLY}
     */
    Mark mark() throws JournalException;

    /**
     * Replaces everything before a mark by the records that are still live.
     *
     * <p>Records after the mark stay, behind them. A new file is written, synced, read back and
     * renamed into place, and the directory synced; at any crash either the old or the new file is
     * whole. The old one is kept until the next snapshot. Appends go on meanwhile. If this fails
     * the log is as it was.
     *
     * @param mark where the snapshot was taken, used once; not {@code null}
     * @param live the records that stand for everything before the mark, read on the calling
     *     thread; not {@code null}
     * @throws JournalException {@code FULL} or {@code IO} if the new file cannot be written; {@code
     *     STALE} if another snapshot, or a failed append, came between: try again; {@code
     *     TOO_LARGE}, {@code CLOSED}, {@code READ_ONLY}, {@code TIMED_OUT}, {@code INTERRUPTED}
     */
    void compact(Mark mark, Iterable<byte[]> live) throws JournalException;

    /**
     * Tells whether the log has grown so much since the last snapshot that {@link #compact} pays.
     *
     * @return {@code true} when the owner should take a snapshot
     */
    boolean compactionDue();

    /**
     * Tells what opening found.
     *
     * @return never {@code null}
     */
    JournalRecovery recovery();

    /**
     * Tells why this journal takes no more records.
     *
     * @return the first failure that made it read-only; empty while it is healthy
     */
    Optional<JournalException> failure();

    /**
     * Keeps a record that its owner refuses to act on, for a person to look at.
     *
     * @param record the record as it was replayed; not {@code null}
     * @param why one line; not {@code null}
     * @return where it was written; empty if this journal has no disk, or the disk refused
     */
    Optional<Path> setAside(byte[] record, String why);

    /**
     * Makes everything submitted durable and lets the directory go.
     *
     * <p>Waits at most {@link JournalOptions#closeWithin}. Safe to repeat.
     *
     * @throws JournalException {@code IO} or {@code TIMED_OUT} if a submitted record may not be
     *     durable
     */
    @Override
    void close() throws JournalException;
}

package io.davit.journal;

import java.time.Duration;
import java.util.Objects;

/**
 * Name and limits of a journal.
 *
 * @param name what the journal is called in messages, and its thread {@code davit-journal-<name>}
 * @param longestRecord the longest record, in bytes; at most 16 MiB
 * @param mostBytes the longest log, in bytes; appends beyond it are {@code FULL}
 * @param mostQueuedBytes how much may wait for the disk, in bytes
 * @param compactAfterBytes how far the log grows behind a snapshot before {@link
 *     Journal#compactionDue} says so, in bytes; at least the size of the snapshot
 * @param commitWithin the longest wait for one record to become durable
 * @param closeWithin the longest wait in {@link Journal#close}
 * @since 1.0
 */
public record JournalOptions(
        String name,
        int longestRecord,
        long mostBytes,
        int mostQueuedBytes,
        long compactAfterBytes,
        Duration commitWithin,
        Duration closeWithin) {
    private static final int MIB = 1 << 20;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if a limit is not positive
     */
    public JournalOptions {
        Objects.requireNonNull(name, "name");
        if (longestRecord <= 0
                || longestRecord > Records.LONGEST
                || mostBytes <= 0
                || mostQueuedBytes <= 0
                || compactAfterBytes <= 0
                || !isPositive(commitWithin)
                || !isPositive(closeWithin)) {
            throw new IllegalArgumentException(
                    "journal limits must be positive and records at most 16 MiB: name=" + name);
        }
    }

    /**
     * Returns the defaults: records of 1 MiB, 256 MiB in all, 8 MiB queued, snapshot after 4 MiB,
     * 30 s for a commit, 5 s for closing.
     *
     * @param name what the journal is called; not {@code null}
     * @return never {@code null}
     */
    public static JournalOptions named(String name) {
        return new JournalOptions(
                name,
                MIB,
                256L * MIB,
                8 * MIB,
                4L * MIB,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5));
    }

    /**
     * Returns a copy with another limit for the log.
     *
     * @param bytes the longest log
     * @return never {@code null}
     */
    public JournalOptions withMostBytes(long bytes) {
        return new JournalOptions(
                name,
                longestRecord,
                bytes,
                mostQueuedBytes,
                compactAfterBytes,
                commitWithin,
                closeWithin);
    }

    /**
     * Returns a copy that asks for a snapshot earlier or later.
     *
     * @param bytes growth behind the last snapshot
     * @return never {@code null}
     */
    public JournalOptions withCompactAfterBytes(long bytes) {
        return new JournalOptions(
                name, longestRecord, mostBytes, mostQueuedBytes, bytes, commitWithin, closeWithin);
    }

    /**
     * Returns a copy with other waits.
     *
     * @param commit the longest wait for one record
     * @param close the longest wait in {@link Journal#close}
     * @return never {@code null}
     */
    public JournalOptions withWaits(Duration commit, Duration close) {
        return new JournalOptions(
                name, longestRecord, mostBytes, mostQueuedBytes, compactAfterBytes, commit, close);
    }

    private static boolean isPositive(Duration wait) {
        return wait != null && !wait.isNegative() && !wait.isZero();
    }
}

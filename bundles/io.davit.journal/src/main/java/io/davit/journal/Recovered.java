package io.davit.journal;

/**
 * An opened log, and how it was found.
 *
 * @param file open for appending; {@code null} if it can only be read
 * @param generation its number
 * @param highest the highest number that any file of the directory has
 * @param snapshotEnd where its snapshot ends
 * @param end where the next record goes
 * @param next the next record's sequence
 * @param report what the owner is told
 * @param failure why it can only be read; {@code null} if it can be written
 */
record Recovered(
        StoredFile file,
        long generation,
        long highest,
        long snapshotEnd,
        long end,
        long next,
        JournalRecovery report,
        JournalException failure) {}

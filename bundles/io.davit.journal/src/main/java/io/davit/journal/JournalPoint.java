package io.davit.journal;

/** Where tests kill a process inside its journal. */
enum JournalPoint implements CrashPoint {
    /** Half of a batch is written. */
    STORE_WRITE,
    /** A batch is written and not yet synced. */
    STORE_WRITTEN,
    /** A batch is durable and nobody was told. */
    STORE_SYNCED,
    /** The new file is whole and synced under its temporary name. */
    SNAPSHOT_WRITTEN,
    /** The new file has its name and the directory is not synced. */
    SNAPSHOT_RENAMED,
    /** The new file counts and the one before the last is still there. */
    SNAPSHOT_SWITCHED,
    /** Opening found a torn tail and has not cut it. */
    TAIL_FOUND,
    /** A torn tail is cut and that is not synced. */
    TAIL_CUT
}

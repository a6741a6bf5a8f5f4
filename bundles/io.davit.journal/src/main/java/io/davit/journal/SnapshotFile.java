package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.io.IOException;

/**
 * The next generation of a log while it is written under its temporary name.
 *
 * <p>Confined to one thread at a time: who takes the snapshot, then the journal's writer.
 */
final class SnapshotFile {
    private static final int CHUNK = 256 << 10;

    private final Storage storage;
    private final JournalOptions options;
    private final long generation;
    private final StoredFile file;
    private final Records records = new Records();
    private long count;
    private long end;
    private long sequence = 1;
    private long snapshotEnd;

    SnapshotFile(Storage storage, JournalOptions options, long generation) throws IOException {
        this.storage = storage;
        this.options = options;
        this.generation = generation;
        this.file = storage.create(LogHeader.temporaryOf(generation));
        records.add(new LogHeader(generation, 0).encode());
        boolean begun = false;
        try {
            flush();
            begun = true;
        } finally {
            if (!begun) {
                discard();
            }
        }
    }

    /** Adds a record that stands for the past. */
    void add(byte[] record) throws IOException {
        Records.requireLength(options, record);
        records.add(record);
        count++;
        flushIfLong();
    }

    /** Adds the records of a range of another log to the snapshot. */
    void addAll(StoredFile from, long start, long stop) throws IOException {
        count += copy(from, start, stop);
    }

    /** Ends the snapshot, makes it durable and reads it back. */
    void finish() throws IOException {
        flush();
        records.add(new LogHeader(generation, count).encode());
        records.seal(1);
        file.write(0, records.bytes(), 0, records.length());
        records.clear();
        file.sync();
        snapshotEnd = end;
        LogScan scan = LogScan.of(file, generation);
        if (!scan.isWhole() || scan.damage() != null || scan.end() != end) {
            throw new IOException("snapshot reads back wrong: generation=" + generation);
        }
    }

    /** Adds what was appended to the old log after the mark, behind the snapshot. */
    void follow(StoredFile old, long start, long stop) throws IOException {
        if (copy(old, start, stop) > 0) {
            flush();
            file.sync();
        }
    }

    /** Gives the file its name; durable after a sync of the directory. */
    void rename() throws IOException {
        storage.rename(LogHeader.temporaryOf(generation), LogHeader.nameOf(generation));
    }

    /** Removes what a failed snapshot left, under both names. */
    void discard() {
        try {
            file.close();
            storage.delete(LogHeader.temporaryOf(generation));
            storage.delete(LogHeader.nameOf(generation));
        } catch (IOException ignored) {
            // the next opening removes temporary files
        }
    }

    long generation() {
        return generation;
    }

    StoredFile file() {
        return file;
    }

    long end() {
        return end;
    }

    long snapshotEnd() {
        return snapshotEnd;
    }

    /** The sequence of the record to be appended next. */
    long sequence() {
        return sequence;
    }

    private long copy(StoredFile from, long start, long stop) throws IOException {
        long copied = 0;
        LogReader reader = new LogReader(from, start, stop, 0);
        while (reader.next()) {
            reader.copyTo(records);
            copied++;
            flushIfLong();
        }
        if (reader.end() != stop) {
            throw new IOException("log reads back wrong: at=" + reader.end());
        }
        return copied;
    }

    private void flushIfLong() throws IOException {
        if (records.length() >= CHUNK) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (end + records.length() > options.mostBytes()) {
            throw new JournalException(
                    Reason.FULL,
                    "snapshot longer than the journal's limit: name=" + options.name());
        }
        sequence = records.seal(sequence);
        file.write(end, records.bytes(), 0, records.length());
        end += records.length();
        records.clear();
    }
}

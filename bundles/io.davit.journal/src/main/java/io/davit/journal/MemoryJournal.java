package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A journal that checks its records and keeps none of them. */
final class MemoryJournal implements Journal {
    private static final Commit DONE = new DoneCommit();

    private final JournalOptions options;

    /** Written by {@link #close}, read by any thread. */
    private volatile boolean closed;

    MemoryJournal(JournalOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public Commit submit(byte[] record) throws JournalException {
        requireOpen();
        Records.requireLength(options, record);
        return DONE;
    }

    @Override
    public Mark mark() throws JournalException {
        requireOpen();
        return new MemoryMark();
    }

    @Override
    public void compact(Mark mark, Iterable<byte[]> live) throws JournalException {
        requireOpen();
        for (byte[] record : live) {
            Records.requireLength(options, record);
        }
    }

    @Override
    public boolean compactionDue() {
        return false;
    }

    @Override
    public JournalRecovery recovery() {
        return new JournalRecovery(0, 0, List.of());
    }

    @Override
    public Optional<JournalException> failure() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> setAside(byte[] record, String why) {
        return Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() throws JournalException {
        if (closed) {
            throw new JournalException(Reason.CLOSED, "journal closed: name=" + options.name());
        }
    }

    /** Nothing to wait for. */
    private record DoneCommit() implements Commit {
        @Override
        public void await() {
            // what is kept nowhere is as safe as it will ever be
        }

        @Override
        public boolean isDone() {
            return true;
        }
    }

    /** Marks nothing. */
    private record MemoryMark() implements Mark {}
}

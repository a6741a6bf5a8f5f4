package io.davit.mount.manager;

import io.davit.journal.Commit;
import io.davit.journal.Journal;
import io.davit.journal.JournalException;
import io.davit.journal.JournalException.Reason;
import io.davit.journal.JournalOptions;
import io.davit.journal.JournalRecovery;
import io.davit.journal.Mark;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A journal whose n-th record is refused, or never becomes durable. */
final class FailingJournal implements Journal {
    private final Journal journal = Journal.inMemory(JournalOptions.named("failing"));
    private final AtomicInteger records = new AtomicInteger();
    private final int failing;
    private final Reason reason;

    FailingJournal(int failing, Reason reason) {
        this.failing = failing;
        this.reason = reason;
    }

    /** How many records were submitted. */
    int records() {
        return records.get();
    }

    @Override
    public Commit submit(byte[] record) throws JournalException {
        boolean fails = records.incrementAndGet() == failing;
        if (fails && reason == Reason.FULL) {
            throw new JournalException(reason, "no space");
        }
        Commit commit = journal.submit(record);
        return fails ? new Failed(reason) : commit;
    }

    /** A record that did not become durable. */
    private record Failed(Reason reason) implements Commit {
        @Override
        public void await() throws JournalException {
            throw new JournalException(reason, "sync failed");
        }

        @Override
        public boolean isDone() {
            return true;
        }
    }

    @Override
    public Mark mark() throws JournalException {
        return journal.mark();
    }

    @Override
    public void compact(Mark mark, Iterable<byte[]> live) throws JournalException {
        journal.compact(mark, live);
    }

    @Override
    public boolean compactionDue() {
        return false;
    }

    @Override
    public JournalRecovery recovery() {
        return journal.recovery();
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
    public void close() throws JournalException {
        journal.close();
    }
}

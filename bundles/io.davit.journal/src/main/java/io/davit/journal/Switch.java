package io.davit.journal;

import java.util.concurrent.CountDownLatch;

/** A finished snapshot that is to take the place of the log, and what came of it. */
final class Switch {
    private final LogMark mark;
    private final SnapshotFile snapshot;
    private final CountDownLatch done = new CountDownLatch(1);

    /** Set before {@link #done} opens. */
    private volatile JournalException failure;

    Switch(LogMark mark, SnapshotFile snapshot) {
        this.mark = mark;
        this.snapshot = snapshot;
    }

    LogMark mark() {
        return mark;
    }

    SnapshotFile snapshot() {
        return snapshot;
    }

    /** The snapshot counts now. */
    void succeed() {
        done.countDown();
    }

    /** The snapshot does not count; its file goes. */
    void fail(JournalException why) {
        snapshot.discard();
        failWithoutDiscard(why);
    }

    /** Nobody knows whether the snapshot counts; its file stays. */
    void failWithoutDiscard(JournalException why) {
        if (done.getCount() > 0) {
            failure = why;
            done.countDown();
        }
    }

    void await(JournalOptions options) throws JournalException {
        Batch.await(done, options, "snapshot");
        JournalException outcome = failure;
        if (outcome != null) {
            throw new JournalException(outcome.reason(), outcome.getMessage(), outcome);
        }
    }
}

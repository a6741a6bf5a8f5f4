package io.davit.journal;

import io.davit.journal.JournalException.Reason;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Records that share one write and one sync, and the outcome that all of them share. */
final class Batch implements Commit {
    private final JournalOptions options;
    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Guarded by the queue's lock until the writer takes the batch, then the writer's. */
    private final Records records;

    /** Set before {@link #done} opens; {@code null} if the records are durable. */
    private volatile JournalException failure;

    /** Where the batch begins in its file, and in which one. Written and read by the writer. */
    private long start = -1;

    private long generation;

    Batch(JournalOptions options, Records records) {
        this.options = options;
        this.records = records;
    }

    Records records() {
        return records;
    }

    /** Notes where the batch will be written. */
    void place(long inGeneration, long at) {
        generation = inGeneration;
        start = at;
    }

    /** Where the batch begins, if it is durable in this generation; else -1. */
    long startIn(long wanted) {
        return failure == null && generation == wanted ? start : -1;
    }

    /** Tells that the records are in the file. */
    void written() {
        written.countDown();
    }

    /** Tells all who wait, once; {@code null} for success. */
    void finish(JournalException outcome) {
        if (!isDone()) {
            failure = outcome;
            written.countDown();
            done.countDown();
        }
    }

    @Override
    public boolean isDone() {
        return done.getCount() == 0;
    }

    @Override
    public void await() throws JournalException {
        await(done);
    }

    @Override
    public void awaitWritten() throws JournalException {
        await(written);
    }

    private void await(CountDownLatch latch) throws JournalException {
        await(latch, options, "record");
        JournalException outcome = failure;
        if (outcome != null) {
            throw new JournalException(outcome.reason(), outcome.getMessage(), outcome);
        }
    }

    /** Waits for a latch that the writer opens, within the time for a commit. */
    static void await(CountDownLatch latch, JournalOptions options, String what)
            throws JournalException {
        Duration within = options.commitWithin();
        try {
            if (latch.getCount() > 0 && !latch.await(within.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new JournalException(
                        Reason.TIMED_OUT,
                        what
                                + " not durable in time: name="
                                + options.name()
                                + " millis="
                                + within.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(options, what, e);
        }
    }

    static JournalException interrupted(
            JournalOptions options, String what, InterruptedException cause) {
        return new JournalException(
                Reason.INTERRUPTED,
                "interrupted while waiting for a " + what + ": name=" + options.name(),
                cause);
    }
}

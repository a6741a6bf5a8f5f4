package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.MountReport;
import io.davit.api.mount.MountReport.Finding;
import io.davit.api.mount.MountReport.Problem;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Puts right what an earlier life of the manager, or a failed call, left: at the start, when a
 * handler arrives, and once in a while, until nothing is left.
 */
final class MountRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MountRecovery.class);
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;
    private static final long CLOSE_WITHIN_MILLIS = 10_000;

    private final BooleanSupplier needed;
    private final Supplier<MountReport> repair;

    /** A permit a reason to look again. */
    private final Semaphore wanted = new Semaphore(0);

    private final Thread thread = new Thread(this::run, "davit-mount-recovery");

    /** Written by {@link #close}, read by the thread. */
    private volatile boolean closed;

    /** Whether what was there at the start is not put right. The thread's own. */
    private boolean unfinished;

    /**
     * Makes a recovery that has not begun.
     *
     * @param unfinished whether an earlier life may have left something
     * @param needed says whether a call left something since
     * @param repair checks and repairs
     */
    MountRecovery(boolean unfinished, BooleanSupplier needed, Supplier<MountReport> repair) {
        this.unfinished = unfinished;
        this.needed = needed;
        this.repair = repair;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Makes it look again soon. */
    void wake() {
        wanted.release();
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (!closed) {
                if (unfinished || needed.getAsBoolean()) {
                    unfinished = !isDone();
                }
                if (wanted.tryAcquire(
                        unfinished ? pause : LONGEST_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    pause = FIRST_PAUSE_MILLIS;
                    wanted.drainPermits();
                } else {
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException expected) {
            // closed
        }
    }

    /** Repairs once; what is foreign or damaged is nothing to try again. */
    private boolean isDone() {
        try {
            MountReport report = repair.get();
            report.findings().forEach(MountRecovery::tell);
            return report.skipped() == 0
                    && report.findings().stream()
                            .allMatch(
                                    f ->
                                            f.repaired()
                                                    || f.problem() != Problem.LEFT
                                                            && f.problem() != Problem.MISSING);
        } catch (DavitException e) {
            if (!closed) {
                LOG.warn("mount recovery failed: {}", e.getMessage());
            }
            return closed;
        }
    }

    private static void tell(Finding finding) {
        LOG.info(
                "mount recovery: problem={} id={} what={} repaired={} why={}",
                finding.problem(),
                finding.id(),
                finding.what(),
                finding.repaired(),
                finding.message());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_WITHIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that undo mounts, so that whoever asked for it cannot interrupt it.
 *
 * <p>A thread lives a minute beyond its last work; there are as many as there are callers waiting.
 */
final class UndoWorker implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final ExecutorService threads;
    private final Duration within;

    /**
     * Makes a worker without threads.
     *
     * @param within the longest wait of a caller; the work goes on after it
     */
    UndoWorker(Duration within) {
        this.within = within;
        AtomicLong count = new AtomicLong();
        ThreadFactory factory =
                work -> {
                    Thread thread = new Thread(work, "davit-mount-undo-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                };
        this.threads = Executors.newCachedThreadPool(factory);
    }

    /**
     * Does work and waits for it. An interrupt ends the wait and not the work.
     *
     * @throws DavitException what the work threw; {@code CANCELLED} if the caller was interrupted;
     *     {@code DEADLINE_EXCEEDED} if it takes too long; {@code UNAVAILABLE} if this was closed
     */
    void run(Runnable work) throws DavitException {
        try {
            await(submit(work), within.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted; the undoing goes on", e);
        }
    }

    /**
     * Does work and waits for it, whatever happens to the caller. An interrupt is kept for later.
     *
     * @throws DavitException as for {@link #run}, but never {@code CANCELLED} by an interrupt
     */
    void runToEnd(Runnable work) throws DavitException {
        Future<?> future = submit(work);
        long end = System.nanoTime() + within.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    await(future, end - System.nanoTime());
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts work nobody waits for. */
    void background(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException expected) {
            // closed: what is due will be found again at the next start
        }
    }

    private Future<?> submit(Runnable work) {
        try {
            return threads.submit(work);
        } catch (RejectedExecutionException e) {
            throw new DavitException(Kind.UNAVAILABLE, "the mount manager is stopping", e);
        }
    }

    private void await(Future<?> future, long nanos) throws InterruptedException {
        try {
            future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DavitException(
                    Kind.DEADLINE_EXCEEDED,
                    "undoing mounts takes too long and goes on: millis=" + within.toMillis(),
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DavitException davit
                    ? davit
                    : new DavitException(
                            Kind.INTERNAL, "undoing mounts failed: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

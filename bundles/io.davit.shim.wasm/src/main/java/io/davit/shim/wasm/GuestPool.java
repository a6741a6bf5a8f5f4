package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that run guests: as many as there are guests, up to a bound, kept a while for others.
 */
final class GuestPool implements AutoCloseable {
    private static final String IDLE_NAME = "davit-wasm-idle";
    private static final long IDLE_SECONDS = 5;
    private static final long CLOSE_SECONDS = 5;

    private final ThreadPoolExecutor executor;

    GuestPool(int most, long stackBytes) {
        executor =
                new ThreadPoolExecutor(
                        0,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        work -> new GuestThread(work, IDLE_NAME, stackBytes));
    }

    /**
     * Runs something on a thread of its own.
     *
     * @throws DavitException {@code RESOURCE_EXHAUSTED} if there are too many
     */
    void run(String name, Runnable work) throws DavitException {
        try {
            executor.execute(
                    () -> {
                        Thread.currentThread().setName(name);
                        try {
                            work.run();
                        } finally {
                            Thread.currentThread().setName(IDLE_NAME);
                        }
                    });
        } catch (RejectedExecutionException e) {
            throw new DavitException(
                    Kind.RESOURCE_EXHAUSTED,
                    "too many wasm processes: most=" + executor.getMaximumPoolSize(),
                    e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.davit.shim.manager;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The end of a plugin's shims: all are asked to let go, some at a time, and none is waited for. */
final class Release {
    private static final Logger LOG = LoggerFactory.getLogger(Release.class);
    private static final int AT_ONCE = 16;

    private final PluginSlot slot;
    private final List<ShimSeat> shims;
    private final boolean pluginLeaves;
    private final Queue<ShimSeat> next;

    Release(PluginSlot slot, List<ShimSeat> shims, boolean pluginLeaves) {
        this.slot = slot;
        this.shims = shims;
        this.pluginLeaves = pluginLeaves;
        this.next = new ConcurrentLinkedQueue<>(shims);
    }

    /** Releases all shims, as many as can be in the time, and then takes every instance away. */
    void within(Duration time, Executor threads) {
        long end = System.nanoTime() + time.toNanos();
        int workers = Math.min(AT_ONCE, shims.size());
        CountDownLatch done = new CountDownLatch(workers);
        for (int i = 0; i < workers; i++) {
            try {
                threads.execute(
                        () -> {
                            releaseUntil(end);
                            done.countDown();
                        });
            } catch (RejectedExecutionException e) {
                LOG.debug("no thread is left to release shims: plugin={}", slot, e);
                done.countDown();
            }
        }
        await(done, end);
        shims.forEach(shim -> shim.left(slot, pluginLeaves));
    }

    private void releaseUntil(long end) {
        ShimSeat shim = next.poll();
        while (shim != null) {
            long left = end - System.nanoTime();
            if (left > 0) {
                shim.release(slot, pluginLeaves, Duration.ofNanos(left));
            }
            shim = next.poll();
        }
    }

    private void await(CountDownLatch done, long end) {
        try {
            if (!done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                LOG.warn("plugin did not release its shims in time: plugin={}", slot);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.davit.event.exchange;

import io.davit.event.exchange.History.Entry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread that stores new events, releases them, and has them told on threads that it makes.
 *
 * <p>A thread of its own, so that no thread that tells was born of one that publishes: a thread
 * keeps hold of the code that made it, and publishers may be plugins.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int AT_ONCE = 1024;

    private final History history;
    private final EventStore store;
    private final Set<EventSubscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threadCount = new AtomicInteger();
    private final ExecutorService tellers =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    10,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    work -> newThread(work, "davit-events-" + threadCount.incrementAndGet()));
    private final Thread thread = newThread(this::run, "davit-events");

    /** Set when the thread is to end after what it does. */
    private volatile boolean stopping;

    Dispatcher(History history, EventStore store) {
        this.history = history;
        this.store = store;
    }

    void start() {
        thread.start();
    }

    void add(EventSubscription subscription) {
        subscriptions.add(subscription);
        history.poke();
    }

    void remove(EventSubscription subscription) {
        subscriptions.remove(subscription);
    }

    /** Ends all telling. */
    void stop(Duration within) {
        stopping = true;
        history.poke();
        subscriptions.forEach(EventSubscription::close);
        tellers.shutdownNow();
        try {
            thread.join(within.toMillis());
            thread.interrupt();
            tellers.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
            store.store(history.unreleased(Integer.MAX_VALUE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping && !Thread.interrupted()) {
                history.awaitWork();
                releaseAll();
                subscriptions.forEach(subscription -> subscription.wake(tellers));
            }
        } catch (InterruptedException e) {
            LOG.debug("event dispatcher ends", e);
        }
    }

    private void releaseAll() {
        List<Entry> fresh = history.unreleased(AT_ONCE);
        if (!fresh.isEmpty()) {
            store.store(fresh);
            history.release(fresh.get(fresh.size() - 1).cursor());
            store.compactIfDue(history);
        }
    }

    private static Thread newThread(Runnable work, String name) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }
}

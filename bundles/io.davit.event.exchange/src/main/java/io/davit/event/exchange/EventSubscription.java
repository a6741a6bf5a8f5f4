package io.davit.event.exchange;

import io.davit.api.task.TaskEventBus.Subscription;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;
import io.davit.event.exchange.History.Entry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One listener and its place in the history. Told by one thread at a time, with no lock held. */
final class EventSubscription implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventSubscription.class);
    private static final int AT_ONCE = 64;
    private static final long CLOSE_SECONDS = 5;

    private final History history;
    private final TaskEventFilter filter;
    private final TaskEventListener listener;
    private final int mostWaiting;
    private final Consumer<EventSubscription> whenClosed;

    /** Wakes since the last look; the one that makes it 1 has the work done. */
    private final AtomicInteger wakes = new AtomicInteger();

    /** Cursor of the last event it has passed. Used by the telling thread only. */
    private long place;

    /** Whether it has reached the present once. Used by the telling thread only. */
    private boolean caughtUp;

    /** Guarded by this. */
    private boolean closed;

    /** Who is telling; {@code null} when nobody is. Guarded by this. */
    private Thread teller;

    /** What an exchange gives each of its subscriptions. */
    record Terms(History history, int mostWaiting, Consumer<EventSubscription> whenClosed) {}

    EventSubscription(Terms terms, TaskEventFilter filter, long place, TaskEventListener listener) {
        this.history = terms.history();
        this.mostWaiting = terms.mostWaiting();
        this.whenClosed = terms.whenClosed();
        this.filter = filter;
        this.place = place;
        this.listener = listener;
    }

    /** Has what is new told, on another thread. */
    void wake(Executor threads) {
        if (wakes.getAndIncrement() != 0) {
            return;
        }
        try {
            threads.execute(this::tellAll);
        } catch (RejectedExecutionException e) {
            LOG.debug("exchange has stopped: subscription of {}", listener.getClass());
        }
    }

    private void tellAll() {
        int seen = wakes.get();
        while (seen != 0) {
            boolean more;
            do {
                more = tellSome();
            } while (more);
            seen = wakes.addAndGet(-seen);
        }
    }

    /** Tells a few events, and whether there may be more. */
    private boolean tellSome() {
        if (!begin()) {
            return false;
        }
        try {
            skipWhatIsTooMuch();
            List<Entry> entries = history.after(place, AT_ONCE);
            entries.forEach(this::tell);
            caughtUp |= entries.size() < AT_ONCE;
            return !entries.isEmpty();
        } finally {
            end();
        }
    }

    private void skipWhatIsTooMuch() {
        long kept = history.forgotten();
        long bound = caughtUp ? Math.max(kept, history.released() - mostWaiting) : kept;
        if (bound > place) {
            long from = place;
            place = bound;
            safely(() -> listener.onTaskEventsLost(from, bound));
        }
    }

    private void tell(Entry entry) {
        if (isClosed() || entry.cursor() <= place) {
            return;
        }
        if (entry.cursor() > place + 1) {
            long from = place;
            safely(() -> listener.onTaskEventsLost(from, entry.cursor() - 1));
        }
        place = entry.cursor();
        if (filter.accepts(entry.event())) {
            safely(() -> listener.onTaskEvent(entry.cursor(), entry.event()));
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a listener's failure is its own
    private void safely(Runnable telling) {
        if (isClosed()) {
            return;
        }
        try {
            telling.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("task event listener failed: listener={}", listener, e);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean begin() {
        if (closed) {
            return false;
        }
        teller = Thread.currentThread();
        return true;
    }

    private synchronized void end() {
        teller = null;
        notifyAll();
    }

    @Override
    public void close() {
        whenClosed.accept(this);
        synchronized (this) {
            closed = true;
            awaitTeller();
        }
    }

    private synchronized void awaitTeller() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            while (teller != null && teller != Thread.currentThread()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    LOG.warn("task event listener still busy: listener={}", listener);
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

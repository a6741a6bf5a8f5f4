package io.davit.ttrpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One thread with its selector, its timers and its queue of things to do. */
final class LoopThread {
    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);
    private static final int READ_SIZE = 1 << 16;

    /** What a selection key is attached to. */
    interface Selectable {
        /** On this loop's thread: something can be done. */
        void ready(SelectionKey key) throws IOException;

        /** On any thread: the loop is closed, or {@link #ready} failed. */
        void fail(Throwable cause);
    }

    /** Something to do later. Ordered by time, then by age. */
    final class Timer implements Comparable<Timer> {
        private final long at;
        private final long age = ages.incrementAndGet();
        private final Runnable task;

        private Timer(long at, Runnable task) {
            this.at = at;
            this.task = task;
        }

        void cancel() {
            timers.remove(this);
        }

        @Override
        public int compareTo(Timer other) {
            int order = Long.compare(at - other.at, 0);
            return order != 0 ? order : Long.compare(age, other.age);
        }
    }

    private final Selector selector;
    private final Thread thread;
    private final AtomicLong ages = new AtomicLong();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ConcurrentSkipListMap<Timer, Boolean> timers = new ConcurrentSkipListMap<>();

    /** Used by this loop's thread alone, for every connection in turn. */
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_SIZE);

    private volatile boolean stopped;

    LoopThread(String name) throws IOException {
        this.selector = Selector.open();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Registers a channel, from any thread; takes effect at once even while selecting. */
    SelectionKey register(SelectableChannel channel, int operations, Selectable who)
            throws IOException {
        try {
            SelectionKey key = channel.register(selector, operations, who);
            if (stopped) {
                throw new ClosedSelectorException();
            }
            wakeUp();
            return key;
        } catch (ClosedSelectorException e) {
            throw new IOException("the loop is closed", e);
        }
    }

    /** Has a task run by this loop's thread; dropped once the loop is closed. */
    void execute(Runnable task) {
        tasks.add(task);
        wakeUp();
    }

    Timer schedule(long atNanos, Runnable task) {
        Timer timer = new Timer(atNanos, task);
        timers.put(timer, true);
        if (nextTimer() == timer) {
            wakeUp();
        }
        return timer;
    }

    void wakeUp() {
        if (!isCurrent()) {
            selector.wakeup();
        }
    }

    /** Ends the thread and every connection; waits for it unless it is the thread itself. */
    void close(long millis) {
        stopped = true;
        selector.wakeup();
        if (isCurrent()) {
            return;
        }
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped) {
            try {
                select();
            } catch (IOException e) {
                LOG.error("selector failed: thread={}", thread.getName(), e);
                stopped = true;
            }
            runTasks();
            runTimers();
        }
        closeAll();
    }

    private void select() throws IOException {
        Thread.interrupted(); // an interrupt would make every select return at once
        long wait = millisToNextTimer();
        if (!tasks.isEmpty() || wait == 0) {
            selector.selectNow(this::ready);
        } else {
            selector.select(this::ready, wait < 0 ? 0 : wait);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one connection must not take the others along
    private void ready(SelectionKey key) {
        Selectable who = (Selectable) key.attachment();
        try {
            who.ready(key);
        } catch (CancelledKeyException ignored) {
            // closed by another thread between selection and here
        } catch (Throwable e) {
            who.fail(e);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runSafely(task);
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        for (Timer due = nextTimer(); due != null && due.at - now <= 0; due = nextTimer()) {
            if (timers.remove(due) != null) {
                runSafely(due.task);
            }
        }
    }

    private Timer nextTimer() {
        Map.Entry<Timer, Boolean> first = timers.firstEntry();
        return first == null ? null : first.getKey();
    }

    /** -1 without a timer, 0 if one is due, else rounded up. */
    private long millisToNextTimer() {
        Timer next = nextTimer();
        if (next == null) {
            return -1;
        }
        long nanos = next.at - System.nanoTime();
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one task must not take the loop along
    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("task failed: thread={}", thread.getName(), e);
        }
    }

    private void closeAll() {
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            ((Selectable) key.attachment()).fail(new ClosedSelectorException());
        }
        runTasks();
        try {
            selector.close();
        } catch (IOException e) {
            LOG.warn("selector does not close: thread={}", thread.getName(), e);
        }
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What is done later, on threads of its own: records that nobody waits for, and second tries. */
final class TaskKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TaskKeeper.class);
    private static final int THREADS = 4;

    /** How long a record that nobody waits for may wait for others to share a sync with. */
    private static final Duration LINGER = Duration.ofMillis(20);

    private final TaskJournal journal;
    private final TaskTable table;
    private final AtomicInteger threadCount = new AtomicInteger();
    private final ScheduledThreadPoolExecutor threads =
            new ScheduledThreadPoolExecutor(THREADS, this::newThread);

    /** Tasks whose record has to be written. */
    private final Set<TaskLife> dirty = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    TaskKeeper(TaskJournal journal, TaskTable table) {
        this.journal = journal;
        this.table = table;
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private Thread newThread(Runnable work) {
        Thread thread =
                new Thread(null, work, "davit-task-" + threadCount.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Makes the threads now: a thread keeps hold of the code that made it. */
    void start() {
        threads.prestartAllCoreThreads();
    }

    void stop(Duration within) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        flush();
    }

    /** Runs something soon. */
    void soon(Runnable work) {
        later(Duration.ZERO, work);
    }

    /** Runs something after a pause, unless the component stops before. */
    void later(Duration pause, Runnable work) {
        try {
            threads.schedule(() -> safely(work), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("task manager stops, work dropped");
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // the top frame of a thread
    private static void safely(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("work of the task manager failed", e);
        }
    }

    /** Has the record of a task written, with those of others, if the task still is there then. */
    void remember(TaskLife life) {
        dirty.add(life);
        if (scheduled.compareAndSet(false, true)) {
            later(LINGER, this::flush);
        }
    }

    private void flush() {
        scheduled.set(false);
        for (TaskLife life : dirty) {
            dirty.remove(life);
            if (!life.order().tryRun(() -> write(life))) {
                remember(life);
            }
        }
        journal.compactIfDue();
    }

    private void write(TaskLife life) {
        if (table.find(life.id()).orElse(null) != life) {
            return;
        }
        try {
            journal.put(life.record());
        } catch (DavitException e) {
            LOG.warn("state of a task not recorded: task={}", life.id(), e);
        }
    }
}

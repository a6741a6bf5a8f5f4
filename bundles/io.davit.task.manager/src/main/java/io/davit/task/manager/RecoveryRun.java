package io.davit.task.manager;

import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The recovery at the start of the component, beside the calls of others: many tasks at a time, and
 * then the condition that says it is over.
 */
final class RecoveryRun {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryRun.class);
    private static final String CONDITION = "io.davit.tasks.recovered";
    private static final int AT_ONCE = 64;

    /** How long the condition waits for tasks that do not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TaskRecovery recovery;
    private final BundleContext framework;
    private final AtomicInteger threadCount = new AtomicInteger();
    private final ExecutorService threads;

    /** Guarded by this. */
    private ServiceRegistration<Condition> registration;

    /** Guarded by this. */
    private boolean stopped;

    RecoveryRun(TaskRecovery recovery, BundleContext framework) {
        this.recovery = recovery;
        this.framework = framework;
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        AT_ONCE,
                        AT_ONCE,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        this::newThread);
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    private Thread newThread(Runnable work) {
        String name = "davit-task-recovery-" + threadCount.incrementAndGet();
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    void start(List<TaskLife> lives) {
        threads.execute(() -> run(lives));
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // nothing that fails here may go unseen
    private void run(List<TaskLife> lives) {
        long begun = System.nanoTime();
        Semaphore done = new Semaphore(0);
        List<TaskLife> asked = new ArrayList<>(lives);
        lives.forEach(life -> recover(life, done));
        try {
            recovery.sweep(
                    life -> {
                        asked.add(life);
                        recover(life, done);
                    });
            boolean all = done.tryAcquire(asked.size(), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            LOG.info(
                    "tasks recovered: tasks={} open={} millis={}",
                    asked.size(),
                    all ? 0 : asked.size() - done.availablePermits(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            register();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("recovery of tasks failed", e);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one task that fails harms no other
    private void recover(TaskLife life, Semaphore done) {
        threads.execute(
                () -> {
                    try {
                        recovery.recover(life);
                    } catch (RuntimeException e) {
                        LOG.error("task not recovered: task={}", life.id(), e);
                    } finally {
                        done.release();
                    }
                });
    }

    private synchronized void register() {
        if (!stopped) {
            registration =
                    framework.registerService(
                            Condition.class,
                            Condition.INSTANCE,
                            FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, CONDITION)));
        }
    }

    void stop(Duration within) {
        synchronized (this) {
            stopped = true;
            if (registration != null) {
                registration.unregister();
                registration = null;
            }
        }
        threads.shutdownNow();
        try {
            threads.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

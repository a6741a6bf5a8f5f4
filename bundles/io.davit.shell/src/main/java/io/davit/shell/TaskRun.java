package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskManager;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One task from its creation to its deletion, on the thread that calls {@link #run}; any other
 * thread may end it early.
 */
final class TaskRun {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRun.class);

    /** Reading a very large module takes its time. */
    private static final Duration CREATE = Duration.ofMinutes(10);

    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(4);
    private static final Duration SLICE = Duration.ofHours(1);
    private static final Signal PIPE = Signal.parse("PIPE");

    private final TaskManager tasks;
    private final CountDownLatch over = new CountDownLatch(1);

    /** The thread that runs the task; guarded by {@code this}. */
    private Thread runner;

    /** The task once it is created; guarded by {@code this}. */
    private Task task;

    /** The last size of its terminal; {@code null} without one; guarded by {@code this}. */
    private ConsoleSize size;

    /** Whether the end was asked for; guarded by {@code this}. */
    private boolean stopped;

    TaskRun(TaskManager tasks) {
        this.tasks = tasks;
    }

    /**
     * Runs a task.
     *
     * @param request what to create
     * @param timeout after what time it is ended
     * @return how it ended; empty if its time was up; never {@code null}
     * @throws DavitException as the calls of the task manager; {@code CANCELLED} if it was ended
     *     before it started
     */
    Optional<Exit> run(CreateTask request, Optional<Duration> timeout) throws DavitException {
        begin();
        try {
            Task created = tasks.create(request, CREATE);
            try {
                publish(created);
                resizeToCaller();
                created.start(CALL);
                resizeToCaller(); // some runtimes have no terminal before
                return await(created, timeout);
            } finally {
                remove(created);
            }
        } finally {
            over.countDown();
        }
    }

    private synchronized void begin() {
        runner = Thread.currentThread();
    }

    private synchronized void publish(Task created) {
        runner = null;
        task = created;
        if (stopped) {
            throw new DavitException(Kind.CANCELLED, "ended before it started: id=" + created.id());
        }
    }

    private void resizeToCaller() {
        ConsoleSize first;
        synchronized (this) {
            first = size;
        }
        if (first != null) {
            resize(first);
        }
    }

    /** Sets the size of the task's terminal, once there is a task. */
    void resize(ConsoleSize now) {
        Task running;
        synchronized (this) {
            size = now;
            running = task;
        }
        try {
            if (running != null) {
                running.resize(now, CALL);
            }
        } catch (DavitException e) {
            LOG.debug("terminal cannot be resized", e); // usually because the task has ended
        }
    }

    private static Optional<Exit> await(Task task, Optional<Duration> timeout) {
        long begin = System.nanoTime();
        while (true) {
            Duration wait = timeout.map(t -> t.minusNanos(System.nanoTime() - begin)).orElse(SLICE);
            if (wait.isNegative() || wait.isZero()) {
                return Optional.empty();
            }
            Optional<Exit> exit = task.await(wait);
            if (exit.isPresent()) {
                return exit;
            }
        }
    }

    /** Leaves nothing of the task, however the run went. */
    private void remove(Task created) {
        boolean interrupted = Thread.interrupted();
        try {
            end(created);
            tasks.delete(created.id(), CALL);
        } catch (DavitException e) {
            LOG.warn("task is left: id={} cause={}", created.id(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Asks a task to end, and makes it end when it does not. */
    private static void end(Task task) {
        if (task.status().state().canDelete()) {
            return;
        }
        task.kill(Signal.TERM, KillScope.ALL, CALL);
        if (task.await(GRACE).isEmpty()) {
            task.kill(Signal.KILL, KillScope.ALL, CALL);
            task.await(GRACE);
        }
    }

    /** Ends the task and waits, bounded, until it is removed. */
    void stop() {
        Task running;
        synchronized (this) {
            stopped = true;
            running = task;
            if (runner != null) {
                runner.interrupt();
            }
        }
        try {
            if (running != null) {
                end(running);
            }
            over.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (DavitException e) {
            LOG.debug("task cannot be ended", e); // usually because it ended by itself
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the task as the kernel ends a process that writes to a pipe nobody reads. */
    void outputBroken() {
        Thread killer = new Thread(this::killForPipe, "davit-broken-output");
        killer.setDaemon(true);
        killer.start();
    }

    private void killForPipe() {
        Task running;
        synchronized (this) {
            running = task;
        }
        try {
            if (running != null) {
                running.kill(PIPE, KillScope.ALL, CALL);
            }
        } catch (DavitException e) {
            LOG.debug("task cannot be ended", e); // usually because it ended by itself
        }
    }
}

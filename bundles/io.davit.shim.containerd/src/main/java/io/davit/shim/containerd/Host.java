package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.TaskId;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.linux.ReadWatcher;
import io.davit.ttrpc.TtrpcLoop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all tasks of the plugin share: threads, connections, pipes, and what is known of binaries.
 */
final class Host implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Host.class);
    private static final int DIRECTORY_MODE = 0700;

    private final Settings settings;
    private final Invocation invocation;
    private final HelperSlots helpers = new HelperSlots();
    private final KnownBinaries binaries;
    private final TtrpcLoop loop;
    private final ReadWatcher pipes;
    private final ExecutorService work;
    private final ScheduledThreadPoolExecutor clock;
    private final EventService events;

    /** The tasks that are served now. */
    private final Map<TaskId, ShimState> tasks = new ConcurrentHashMap<>();

    private Host(Settings settings, ReadWatcher pipes) {
        this.settings = settings;
        this.pipes = pipes;
        this.invocation = new Invocation(settings);
        this.binaries = new KnownBinaries(invocation, helpers, settings.times().info());
        this.loop = TtrpcLoop.start("davit-shim-ttrpc", 1);
        this.work =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        10,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        new Threads("davit-shim-work"));
        this.clock = new ScheduledThreadPoolExecutor(1, new Threads("davit-shim-clock"));
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.events = new EventService(this);
    }

    /** Names the threads. */
    private record Threads(String name, AtomicInteger count) implements ThreadFactory {
        private Threads(String name) {
            this(name, new AtomicInteger());
        }

        @Override
        public Thread newThread(Runnable task) {
            String numbered = name + "-" + count.incrementAndGet();
            Thread thread = new Thread(null, task, numbered, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        }
    }

    /** Makes the plugin's directories and starts its threads. */
    static Host start(Settings settings) throws DavitException {
        try {
            makePrivate(settings.run());
            makePrivate(settings.sockets());
            removeDead(settings.run());
            Host host = new Host(settings, ReadWatcher.start("davit-shim-pipes"));
            host.events.open();
            return host;
        } catch (LinuxException e) {
            throw Failures.of("start plugin", e);
        }
    }

    /** Removes the sockets of those who ended without removing theirs. */
    private static void removeDead(Path run) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(run, "*" + Settings.EVENTS)) {
            all.forEach(Leftovers::removeIfDead);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("dead sockets are not removed: path={}", run, e);
        }
    }

    private static void makePrivate(Path path) throws LinuxException, DavitException {
        try (Dir root = Dir.open("/")) {
            String relative = path.toString().substring(1);
            root.makeDirs(relative, DIRECTORY_MODE, Owner.UNCHANGED);
            var status = root.status(relative);
            boolean ours = status.uid() == Owner.ofProcess().uid();
            if (!ours || !status.isDirectory() || (status.mode() & 077) != 0) {
                throw new DavitException(
                        Kind.PERMISSION_DENIED, "directory is not closed to others: path=" + path);
            }
        }
    }

    Settings settings() {
        return settings;
    }

    Invocation invocation() {
        return invocation;
    }

    HelperSlots helpers() {
        return helpers;
    }

    KnownBinaries binaries() {
        return binaries;
    }

    TtrpcLoop loop() {
        return loop;
    }

    ReadWatcher pipes() {
        return pipes;
    }

    EventService events() {
        return events;
    }

    /** Threads as needed; for what may block. */
    ExecutorService work() {
        return work;
    }

    /** Runs work after a while, on a thread for what may block; dropped when this is closed. */
    void later(Duration after, Runnable task) {
        try {
            clock.schedule(() -> soon(task), after.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) {
            // the plugin leaves; a successor looks again
        }
    }

    /** Runs work on a thread for what may block; dropped when this is closed. */
    void soon(Runnable task) {
        try {
            work.execute(task);
        } catch (RejectedExecutionException ignored) {
            // the plugin leaves; a successor looks again
        }
    }

    void add(ShimState task) {
        tasks.put(task.id(), task);
    }

    void remove(ShimState task) {
        tasks.remove(task.id(), task);
    }

    Optional<ShimState> find(TaskId id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** Says whether another task that is served now has its shim at a socket. */
    boolean others(ShimState than, Path socket) {
        return tasks.values().stream()
                .anyMatch(t -> t != than && t.session().target().socket().equals(socket));
    }

    /** Stops threads and connections; shims go on. */
    @Override
    public void close() {
        events.close();
        clock.shutdownNow();
        loop.close();
        pipes.close();
        work.shutdownNow();
        try {
            work.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

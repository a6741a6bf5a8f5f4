package io.davit.shim.oci;

import io.davit.linux.ExitWatcher;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.linux.SmallFiles;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What all tasks of one plugin share: who watches processes, who works, and what machine it is. */
final class Host implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final int LIMIT = 100;

    private final ExitWatcher watcher;
    private final ScheduledThreadPoolExecutor workers;
    private final ProcessId self;
    private final String boot;
    private final OwnLimits limits;
    private final Owner user = Owner.ofProcess();
    private final Housekeeping housekeeping = new Housekeeping(this);

    private Host(ExitWatcher watcher, ProcessId self, String boot, OwnLimits limits) {
        this.limits = limits;
        this.watcher = watcher;
        this.self = self;
        this.boot = boot;
        this.workers = new ScheduledThreadPoolExecutor(WORKERS, new Threads());
        this.workers.setRemoveOnCancelPolicy(true);
        this.workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Names the threads. */
    private static final class Threads implements ThreadFactory {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            String name = "davit-oci-work-" + count.incrementAndGet();
            Thread thread = new Thread(null, work, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        }
    }

    static Host start() throws LinuxException {
        String boot = SmallFiles.readText(Path.of("/proc/sys/kernel/random/boot_id"), LIMIT);
        int pid = (int) ProcessHandle.current().pid();
        ProcessId self = ProcessId.of(pid).orElseThrow();
        Host host = new Host(ExitWatcher.start(), self, boot.strip(), OwnLimits.read());
        host.housekeeping.begin();
        return host;
    }

    /** Looks after live tasks. */
    Housekeeping housekeeping() {
        return housekeeping;
    }

    ExitWatcher watcher() {
        return watcher;
    }

    /** Names this JVM. */
    ProcessId self() {
        return self;
    }

    /** Changes with each start of the machine. */
    String boot() {
        return boot;
    }

    /** Whom this JVM acts as. */
    Owner user() {
        return user;
    }

    boolean isRoot() {
        return user.uid() == 0;
    }

    /** What this JVM cannot give to its children. */
    OwnLimits limits() {
        return limits;
    }

    /** Runs work soon; dropped when this is closed. */
    void later(Runnable work) {
        workers.execute(work);
    }

    /** Runs work after a while; dropped when this is closed. */
    void later(Duration after, Runnable work) {
        workers.schedule(work, after.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Stops watching, then drops what waits and lets what runs end within two seconds. */
    @Override
    public void close() {
        watcher.close();
        workers.shutdownNow();
        try {
            workers.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

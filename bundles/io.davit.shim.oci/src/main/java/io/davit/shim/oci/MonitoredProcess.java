package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.ExitWatcher;
import io.davit.linux.LinuxException;
import io.davit.linux.PacketSocket;
import io.davit.linux.PidFd;
import io.davit.linux.ProcessStatus;
import io.davit.linux.Processes;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process and the conmon that watches over it, from its making to its exit.
 *
 * <p>conmon ends when the process has ended and its exit is written, so that the end of conmon
 * tells everything; conmon ending without an exit is the loss of the monitor.
 *
 * <p><b>Threads.</b> Safe for use by many threads once {@link #watch} was called; before that
 * confined to whoever makes it.
 */
final class MonitoredProcess {
    private static final Logger LOG = LoggerFactory.getLogger(MonitoredProcess.class);
    private static final int SIGKILL = 9;
    private static final int MONITOR_LOST_STATUS = 255;
    private static final int OOM_STATUS = 137;

    /** How long output that was written may take to reach the caller after the end. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    /** How long a caller's stream may hold up a conmon whose process has ended. */
    private static final Duration HELD_UP = Duration.ofSeconds(2);

    private static final Duration LAST_GASP = Duration.ofSeconds(5);

    private final String what;
    private final Host host;
    private final ProcessRecord record;
    private final PrivateFiles directory;
    private final MonitorFiles files;
    private final End end;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    /** The exit once its owner knows it: whoever waited for it may delete the process at once. */
    private final CompletableFuture<Exit> told = new CompletableFuture<>();

    private final List<Console> consoles = new CopyOnWriteArrayList<>();
    private final AtomicBoolean finishing = new AtomicBoolean();
    private volatile PidFd monitor;
    private volatile PidFd process;
    private volatile ExitWatcher.Watch monitorWatch;
    private volatile ExitWatcher.Watch processWatch;

    /** Set once somebody has asked for the hardest signal: then an end by it has no other cause. */
    private volatile boolean killed;

    /** Set once nobody is to be told any more. */
    private volatile boolean released;

    /** What the owner does about an end. */
    interface End {
        /** Kills whatever else belongs to the process; it has lost its monitor. */
        void killAll();

        /** Says whether the task has run out of memory. */
        boolean ranOutOfMemory();

        /** Takes the exit; called once, outside all locks. */
        void exited(Exit exit);
    }

    MonitoredProcess(String what, Host host, ProcessRecord record, PrivateFiles files, End end) {
        this.what = what;
        this.host = host;
        this.record = record;
        this.directory = files;
        this.files = new MonitorFiles(files);
        this.end = end;
    }

    /** Where its files and those of its monitor lie. */
    PrivateFiles directory() {
        return directory;
    }

    /** Says whether it has a terminal. */
    boolean hasTerminal() {
        return record.flag(ProcessRecord.Flag.TERMINAL);
    }

    MonitorFiles files() {
        return files;
    }

    /** Names this JVM, whose streams it may be connected to. */
    ProcessId jvm() {
        return host.self();
    }

    ProcessRecord record() {
        return record;
    }

    /** What is done once the monitor listens and before the process runs. */
    interface Connect {
        void run() throws LinuxException, DavitException;
    }

    /**
     * Starts a monitor and takes hold of it and of the process it makes.
     *
     * @param connect called on the way if the command waits for it
     */
    void launch(MonitorCommand command, Connect connect, Deadline deadline)
            throws LinuxException, DavitException {
        MonitorStart.Steps steps =
                new MonitorStart.Steps() {
                    @Override
                    public void spawned(PidFd runs) throws LinuxException {
                        monitor = runs;
                        // Written before anything is waited for: nobody else knows its number.
                        ProcessId.of(runs.pid()).ifPresent(record::monitor);
                        record.write();
                    }

                    @Override
                    public void listens() throws LinuxException, DavitException {
                        connect.run();
                    }
                };
        adopt(new MonitorStart(command, steps, deadline).run());
    }

    /** Takes hold of the process that the monitor has made, unless it has ended and was reaped. */
    private void adopt(int pid) throws LinuxException {
        record.pid(pid);
        PidFd held;
        try {
            held = PidFd.open(pid);
        } catch (LinuxException e) {
            if (Failures.isMissing(e)) {
                return;
            }
            throw e;
        }
        // conmon alone is its parent; anything else is somebody who came by the number later.
        Optional<ProcessStatus> status = ProcessStatus.of(pid);
        if (status.isEmpty() || status.get().parent() != monitor.pid()) {
            held.close();
            return;
        }
        record.process(new ProcessId(pid, status.get().startTime()));
        process = held;
    }

    /** Finds both again by their record; what has ended is left out. */
    void find() throws LinuxException {
        Optional<ProcessId> recorded = record.monitor();
        if (recorded.isPresent()) {
            monitor = recorded.get().open().orElse(null);
            recorded.get().bury(host.self());
        }
        if (record.process().isPresent()) {
            process = record.process().get().open().orElse(null);
        }
    }

    /** Begins to wait for the end. A monitor that is not there any more has ended already. */
    void watch() throws LinuxException {
        PidFd watched = monitor;
        if (watched == null) {
            finish();
            return;
        }
        monitorWatch = host.watcher().watch(watched, this::monitorEnded);
        if (process != null) {
            processWatch = host.watcher().watch(process, this::processEnded);
        }
    }

    /** Adds a connection that is to be closed at the end. */
    void connected(Console console) {
        consoles.add(console);
        if (exit.isDone()) {
            console.close();
        }
    }

    private void processEnded() {
        if (!consoles.isEmpty()) {
            host.later(HELD_UP, () -> consoles.forEach(Console::cut));
        }
    }

    private void monitorEnded() {
        reap(monitor.pid());
        if (consoles.isEmpty()) {
            finish();
            return;
        }
        CompletableFuture<?>[] drained =
                consoles.stream().map(Console::drained).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(drained).thenRun(this::finish);
        host.later(DRAIN, this::finish);
    }

    private static void reap(int pid) {
        try {
            Processes.reap(pid);
        } catch (LinuxException ignored) {
            // Started by a JVM before this one: then somebody else is its parent.
        }
    }

    private void finish() {
        if (released || !finishing.compareAndSet(false, true)) {
            return;
        }
        try {
            Optional<MonitorFiles.Ended> ended = files.ended();
            if (ended.isPresent()) {
                finish(exitOf(ended.get()));
            } else {
                host.later(this::monitorLost);
            }
        } catch (LinuxException e) {
            LOG.error("exit cannot be read: {}", what, e);
            host.later(this::monitorLost);
        }
    }

    private Exit exitOf(MonitorFiles.Ended ended) {
        boolean oom = ended.status() == OOM_STATUS && !killed && end.ranOutOfMemory();
        return oom
                ? Exit.because(pid(), ended.status(), ended.at(), Exit.OOM)
                : Exit.of(pid(), ended.status(), ended.at());
    }

    private void monitorLost() {
        LOG.warn("monitor lost, killing what it watched over: {}", what);
        end.killAll();
        try {
            if (process != null) {
                process.signal(SIGKILL);
                process.awaitExit(LAST_GASP);
            }
        } catch (LinuxException e) {
            LOG.error("cannot kill: {}", what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        finish(Exit.because(pid(), MONITOR_LOST_STATUS, Instant.now(), Exit.MONITOR_LOST));
    }

    private void finish(Exit how) {
        if (!exit.complete(how)) {
            return;
        }
        consoles.forEach(Console::close);
        try {
            if (!released) {
                end.exited(how);
            }
        } finally {
            told.complete(how);
        }
    }

    /** Returns its number; 0 when there is none. */
    long pid() {
        return record.pid();
    }

    /** Returns its exit, if it has ended. */
    Optional<Exit> exit() {
        return exit.isDone() ? Optional.of(exit.join()) : Optional.empty();
    }

    /** Waits for its exit, and until its owner has been told. */
    Optional<Exit> await(Duration within) throws DavitException {
        try {
            return Optional.of(told.get(within.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw Failures.interrupted("wait: " + what);
        } catch (ExecutionException e) {
            throw new DavitException(Kind.INTERNAL, "wait: " + what, e);
        }
    }

    /**
     * Sends a signal.
     *
     * @return whether it was there
     */
    boolean signal(int signal) throws LinuxException {
        if (signal == SIGKILL) {
            killed = true;
        }
        PidFd held = process;
        return held != null && held.signal(signal);
    }

    /** Remembers that the process is being killed by other means than {@link #signal}. */
    void killing() {
        killed = true;
    }

    /**
     * Adds a connection that may be closed before the end.
     *
     * @return closes it
     */
    AutoCloseable attach(Console console) {
        connected(console);
        return () -> {
            // A closed connection would end the input of a process that reads from all of them.
            if (record.flag(ProcessRecord.Flag.STDIN)) {
                console.cut();
            } else if (consoles.remove(console)) {
                console.close();
            }
        };
    }

    /** Ends the input of the process after what was written so far. */
    void endInput(Deadline deadline) throws DavitException {
        for (Console console : consoles) {
            console.endInput(deadline);
        }
        try {
            Optional<PacketSocket.Handle> before = record.console(host.self());
            if (consoles.isEmpty() && before.isPresent()) {
                PacketSocket.endSending(before.get());
            }
        } catch (LinuxException e) {
            throw Failures.of("close standard input: " + what, e);
        }
    }

    /** Ends what a failed start has left, and the process with it. */
    void giveUp(Exit how) throws LinuxException, DavitException {
        try {
            destroy(LAST_GASP);
        } catch (InterruptedException e) {
            throw Failures.interrupted("give up: " + what);
        } finally {
            consoles.forEach(Console::close);
            finishing.set(true);
            exit.complete(how);
            told.complete(how);
        }
    }

    /** Ends both at once and waits for it, at most for the time given. */
    void destroy(Duration within) throws LinuxException, InterruptedException {
        long endsAt = System.nanoTime() + within.toNanos();
        killed = true;
        consoles.forEach(Console::cut);
        if (process != null) {
            process.signal(SIGKILL);
            process.awaitExit(within);
        }
        if (monitor != null) {
            // It ends by itself after its process; one that does not is in the way of a clean end.
            Duration left = Duration.ofNanos(Math.max(0, endsAt - System.nanoTime()) / 2);
            if (process == null || !monitor.awaitExit(left)) {
                monitor.signal(SIGKILL);
                monitor.awaitExit(LAST_GASP);
            }
            if (monitorWatch == null) {
                reap(monitor.pid());
            }
        }
    }

    /** Says whether the process is there. */
    boolean isAlive() throws LinuxException {
        return process != null && !process.hasExited();
    }

    /** Says whether the monitor is there. */
    boolean isMonitored() throws LinuxException {
        return monitor != null && !monitor.hasExited();
    }

    /** Tells nobody anything any more and closes what was opened, but not the streams. */
    void release() {
        released = true;
        close(monitorWatch);
        close(processWatch);
        if (monitor != null) {
            monitor.close();
        }
        if (process != null) {
            process.close();
        }
    }

    private static void close(ExitWatcher.Watch watch) {
        if (watch != null) {
            watch.close();
        }
    }
}

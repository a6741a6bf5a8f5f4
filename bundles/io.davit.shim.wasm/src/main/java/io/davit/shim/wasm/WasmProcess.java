package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.TaskState;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One process of a task: a program, its streams, and the thread that runs it once it is started.
 */
final class WasmProcess {
    /** How long a process that was killed may take until it counts as ended without its thread. */
    private static final long GRACE_MILLIS = 100;

    private final String execId;
    private final String threadName;
    private final long pid;
    private final Engine engine;
    private final Plan plan;
    private final ProcessListener listener;
    private final GuestControl control;
    private final CpuClock clock;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Guards the state; no foreign code is called with it held. */
    private final Object lock = new Object();

    private TaskState state = TaskState.CREATED;
    private Exit exit;

    /** How a process that was ended from outside is to be recorded. */
    private Outcome forced;

    /** The guest while it runs, for what is asked of its memory. */
    private volatile Guest guest;

    /**
     * What a process needs to run.
     *
     * @param root the root of its files; the process takes it over
     * @param cwd its working directory; taken over too; {@code null} for the root
     * @param program what it runs
     * @param loaded the module and where to begin
     * @param streams its standard streams, which it gives back at its end
     * @param mostPages the cap of its memory
     */
    record Plan(
            Place root,
            Place cwd,
            GuestProgram program,
            ProgramLoader.Loaded loaded,
            Streams streams,
            int mostPages) {
        /** Gives back what was never used. */
        void close() {
            root.close();
            if (cwd != null) {
                cwd.close();
            }
            streams.cancel();
        }
    }

    WasmProcess(
            String execId, String threadName, Engine engine, Plan plan, ProcessListener listener) {
        this.execId = execId;
        this.threadName = threadName;
        this.engine = engine;
        this.plan = plan;
        this.listener = listener;
        this.clock = new CpuClock(engine.cpuTimes());
        this.pid = engine.pids().next();
        this.control = new GuestControl(engine.cpu());
    }

    String execId() {
        return execId;
    }

    long pid() {
        return pid;
    }

    WasmProgram program() {
        return plan.loaded.program();
    }

    TaskState state() {
        synchronized (lock) {
            return state;
        }
    }

    ProcessStatus status() {
        synchronized (lock) {
            return new ProcessStatus(execId, pid, state, Optional.ofNullable(exit));
        }
    }

    /**
     * Starts it on a thread of its own.
     *
     * @throws DavitException {@code FAILED_PRECONDITION} if it was started or killed before; {@code
     *     RESOURCE_EXHAUSTED} if there are too many
     */
    void start() throws DavitException {
        synchronized (lock) {
            if (!state.canStart()) {
                throw new DavitException(
                        Kind.FAILED_PRECONDITION,
                        "cannot start process: exec=" + execId + " state=" + state);
            }
            state = TaskState.RUNNING;
        }
        try {
            engine.pool().run(threadName, this::run);
        } catch (DavitException e) {
            synchronized (lock) {
                state = state == TaskState.RUNNING ? TaskState.CREATED : state;
            }
            throw e;
        }
    }

    private void run() {
        GuestThread thread = GuestThread.current();
        clock.start(thread);
        control.attach(thread);
        Outcome outcome;
        try {
            outcome = runGuest(thread);
        } finally {
            thread.setGuest(null);
            control.detach();
            clock.stop();
        }
        finish(outcome);
    }

    private Outcome runGuest(GuestThread thread) {
        Guest made = new Guest(control, engine.host(), plan.program, plan.root);
        thread.setGuest(made);
        guest = made;
        engine.modules().started(program());
        try {
            addDescriptors(made);
            control.unblocks();
            control.leaveHost();
            return new ProgramRun(
                            program(), plan.loaded.entry(), made, plan.mostPages, engine.budget())
                    .run();
        } catch (ErrnoException e) {
            return Outcome.trapped("cannot prepare descriptors: " + e.errno());
        } finally {
            control.enterHost();
            control.blocks();
            program().ended();
            guest = null;
            made.close();
            plan.streams.cancel();
        }
    }

    private void addDescriptors(Guest made) throws ErrnoException {
        plan.streams.addTo(made.fds());
        long all = Rights.DIRECTORY | Rights.FILE;
        made.fds().add(new Descriptor.OfDir(plan.root.retain(), "/", Rights.DIRECTORY, all));
        if (plan.cwd != null) {
            made.fds().add(new Descriptor.OfDir(plan.cwd, Cwd.NAME, Rights.DIRECTORY, all));
        }
    }

    /** Records the end; the first one counts. */
    private void finish(Outcome outcome) {
        Exit made;
        synchronized (lock) {
            if (exit != null) {
                return;
            }
            Outcome end = outcome.equals(Outcome.killed(control.signal())) ? forced : outcome;
            end = end == null ? outcome : end;
            made = new Exit(pid, end.status(), Instant.now(), Optional.ofNullable(end.reason()));
            exit = made;
            state = TaskState.STOPPED;
        }
        try {
            listener.ended(this, made, outcome.isOutOfMemory());
        } finally {
            ended.countDown();
        }
    }

    /** Does what a signal does by default. A process that has ended is left alone. */
    void kill(int signal, Duration within) throws DavitException {
        if (Signals.halts(signal)) {
            pause(within);
        } else if (Signals.resumes(signal)) {
            resume();
        } else if (Signals.ends(signal)) {
            end(Outcome.killed(signal), signal);
        }
    }

    /** Ends it, with its thread or, if that is stuck in foreign code, without. */
    void end(Outcome outcome, int signal) throws DavitException {
        askToEnd(outcome, signal);
        awaitEnd();
    }

    /** Begins to end it. The first outcome asked for is the one that is recorded. */
    void askToEnd(Outcome outcome, int signal) {
        boolean started;
        synchronized (lock) {
            if (exit != null) {
                return;
            }
            forced = forced == null ? outcome : forced;
            started = state != TaskState.CREATED;
            state = started ? state : TaskState.STOPPED;
        }
        if (started) {
            control.kill(signal);
            plan.streams.cancel();
        } else {
            plan.close();
            finish(outcome);
        }
    }

    /** Completes what {@link #askToEnd} began. */
    void awaitEnd() throws DavitException {
        try {
            if (!ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                finish(forcedOutcome());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED, "interrupted while killing: exec=" + execId, e);
        }
    }

    private Outcome forcedOutcome() {
        synchronized (lock) {
            return forced;
        }
    }

    /**
     * Halts it at its next branch, call or end of a host call.
     *
     * @throws DavitException {@code DEADLINE_EXCEEDED} if it did not get to one
     */
    void pause(Duration within) throws DavitException {
        synchronized (lock) {
            if (!state.canPause()) {
                return;
            }
            state = TaskState.PAUSING;
        }
        boolean halted = false;
        try {
            halted = control.pause(within.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while pausing", e);
        } finally {
            if (!halted) {
                control.resume();
            }
            synchronized (lock) {
                if (state == TaskState.PAUSING) {
                    state = halted ? TaskState.PAUSED : TaskState.RUNNING;
                }
            }
        }
        if (!halted) {
            throw new DavitException(
                    Kind.DEADLINE_EXCEEDED, "process did not halt in time: exec=" + execId);
        }
    }

    /** Lets it go on. */
    void resume() {
        synchronized (lock) {
            if (state == TaskState.PAUSED) {
                state = TaskState.RUNNING;
            }
        }
        control.resume();
    }

    void endInput() {
        plan.streams.input().end();
    }

    /** Gives back what it would have needed; it can never be started after that. */
    void discard() {
        synchronized (lock) {
            if (state != TaskState.CREATED) {
                return;
            }
            state = TaskState.STOPPED;
        }
        plan.close();
    }

    /** Waits for its end. */
    Optional<Exit> await(Duration within) throws DavitException {
        try {
            if (!ended.await(within.toNanos(), TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while waiting", e);
        }
        synchronized (lock) {
            return Optional.of(exit);
        }
    }

    /** How large its memory is now, in bytes. */
    long memoryBytes() {
        Guest now = guest;
        MemoryPort memory = now == null ? null : now.memory();
        return memory == null ? 0 : memory.memory().pages() * 65_536L;
    }

    long cpuNanos() {
        return clock.nanos();
    }
}

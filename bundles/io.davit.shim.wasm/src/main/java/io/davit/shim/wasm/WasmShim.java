package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.spi.shim.ShimContext;
import io.davit.spi.shim.ShimInstance;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The shim of one task in this JVM. What it is told to do it does at once, on the caller's thread.
 */
final class WasmShim implements ShimInstance {
    private static final Outcome PLUGIN_REMOVED =
            new Outcome(128 + Signals.TERM, Exit.PLUGIN_REMOVED);

    private final Engine engine;
    private final Consumer<WasmShim> onClose;

    /** Guards creation and deletion. */
    private final Object lock = new Object();

    /** Whom to tell; another one after the manager was replaced. */
    private volatile ShimContext context;

    /** The task once it is created; written under the lock. */
    private volatile WasmTask task;

    private boolean creating;
    private boolean deleted;

    /** Makes a shim; who is given is told when it is closed. */
    WasmShim(ShimContext context, Engine engine, Consumer<WasmShim> onClose) {
        this.context = context;
        this.engine = engine;
        this.onClose = onClose;
    }

    /** Tells another manager from now on, beginning with what it may have missed. */
    void rebind(ShimContext now) {
        context = now;
        WasmTask made = task;
        if (made != null) {
            for (WasmProcess each : made.all()) {
                each.status().exit().ifPresent(exit -> now.exited(each.execId(), exit));
            }
        }
    }

    private WasmTask task() throws DavitException {
        WasmTask made = task;
        if (made == null) {
            throw new DavitException(
                    Kind.NOT_FOUND, "no task in this shim: task=" + context.bundle().id());
        }
        return made;
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        Deadline.in(within);
        if (request.checkpoint().isPresent()) {
            throw cannot("checkpoint");
        }
        synchronized (lock) {
            if (creating || task != null || deleted) {
                throw new DavitException(
                        Kind.ALREADY_EXISTS, "task was created: task=" + context.bundle().id());
            }
            creating = true;
        }
        WasmTask made = null;
        try {
            GuestSpec spec = SpecReader.read(context.bundle());
            made = new WasmTask(context.bundle().id(), engine, spec, request, this::ended, within);
            return made.init().pid();
        } finally {
            synchronized (lock) {
                creating = false;
                task = made;
            }
        }
    }

    private void ended(WasmProcess process, Exit exit, boolean outOfMemory) {
        ShimContext told = context;
        if (outOfMemory) {
            told.outOfMemory();
        }
        told.exited(process.execId(), exit);
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        WasmProcess process = task().process(execId);
        if (!execId.isEmpty() && task().init().state() != TaskState.RUNNING) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot start exec, the task does not run: task=" + context.bundle().id());
        }
        process.start();
        return process.pid();
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        return task().process(execId).status();
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        WasmProcess process = task().process(execId);
        if (scope == KillScope.ALL && !execId.isEmpty()) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "only the init process stands for all: exec=" + execId);
        }
        if (scope == KillScope.ALL && Signals.ends(signal.number())) {
            task().end(Outcome.killed(signal.number()), signal.number());
            return;
        }
        process.kill(signal.number(), within);
    }

    @Override
    public void pause(Duration within) throws DavitException {
        TaskState state = task().init().state();
        if (!state.canPause()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot pause: task=" + context.bundle().id() + " state=" + state);
        }
        Deadline deadline = Deadline.in(within);
        for (WasmProcess each : task().all()) {
            each.pause(deadline.remaining());
        }
    }

    @Override
    public void resume(Duration within) throws DavitException {
        TaskState state = task().init().state();
        if (!state.canResume()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot resume: task=" + context.bundle().id() + " state=" + state);
        }
        task().all().forEach(WasmProcess::resume);
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        GuestProgram program = SpecReader.read(request.process(), context.bundle().path());
        task().exec(request.execId(), program, request.stdio(), within);
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        List<ProcessInfo> running = new ArrayList<>();
        for (WasmProcess each : task().all()) {
            if (each.state() != TaskState.STOPPED) {
                running.add(new ProcessInfo(each.pid(), each.execId()));
            }
        }
        return running;
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        // A guest has no way to ask how large its terminal is.
        task().process(execId);
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        task().process(execId).endInput();
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        throw cannot("checkpoint");
    }

    private DavitException cannot(String what) {
        return new DavitException(
                Kind.NOT_IMPLEMENTED,
                "a wasm task cannot do this: operation=" + what + " task=" + context.bundle().id());
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        long bytes = SpecReader.memoryLimit(request.resources());
        if (bytes >= 0) {
            task().setMemoryLimit(bytes);
        }
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        engine.cpuTimes().load();
        WasmTask made = task();
        long memory = 0;
        long cpu = 0;
        long running = 0;
        for (WasmProcess each : made.all()) {
            memory += each.memoryBytes();
            cpu += each.cpuNanos();
            running += each.state() == TaskState.STOPPED ? 0 : 1;
        }
        return new TaskMetrics(
                Instant.now(),
                memory,
                made.memoryLimit(),
                cpu,
                running,
                made.oomKills(),
                Map.of(),
                Optional.empty());
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        return task().process(execId).await(within);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        WasmTask made = task();
        long pid = made.process(execId).pid();
        Optional<Exit> exit = made.remove(execId);
        if (execId.isEmpty()) {
            made.end(Outcome.killed(Signals.KILL), Signals.KILL);
            forget();
        }
        return exit.orElseGet(() -> Exit.of(pid, 0, Instant.now()));
    }

    private void forget() {
        WasmTask gone;
        synchronized (lock) {
            gone = task;
            task = null;
            deleted = true;
        }
        if (gone != null) {
            gone.close();
        }
    }

    @Override
    public void release(boolean pluginLeaves, Duration within) {
        if (pluginLeaves) {
            end(PLUGIN_REMOVED, Signals.TERM);
        }
    }

    @Override
    public void close(Duration within) {
        end(Outcome.killed(Signals.KILL), Signals.KILL);
        forget();
        onClose.accept(this);
    }

    private void end(Outcome outcome, int signal) {
        WasmTask made = task;
        if (made != null) {
            made.end(outcome, signal);
        }
    }

    /** How the task ended, if it has. */
    Optional<Exit> exit() {
        WasmTask made = task;
        return made == null ? Optional.empty() : made.init().status().exit();
    }
}

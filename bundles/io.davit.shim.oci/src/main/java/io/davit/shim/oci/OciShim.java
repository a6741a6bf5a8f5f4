package io.davit.shim.oci;

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
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.linux.LinuxException;
import io.davit.spi.shim.ShimInstance;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One task under an OCI runtime and conmon. */
final class OciShim implements ShimInstance {
    private final OciTask task;
    private final TaskExecs execs;
    private final TaskControl control;

    OciShim(OciTask task) {
        this.task = task;
        this.execs = new TaskExecs(task);
        this.control = new TaskControl(task, execs);
    }

    /** Takes up a task that exists. */
    void recover(Deadline deadline) throws DavitException {
        task.locked(
                "recover",
                deadline,
                () -> {
                    new TaskRecovery(task, execs).run();
                    task.lookAfter();
                    return null;
                });
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        return task.locked(
                "create",
                deadline,
                () -> {
                    if (task.stage() != OciTask.Stage.NEW) {
                        throw new DavitException(
                                Kind.ALREADY_EXISTS, "task was created before: task=" + task.id());
                    }
                    return new TaskCreation(task, request, deadline).run();
                });
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        if (!execId.equals(INIT)) {
            return execs.start(execId, deadline);
        }
        return task.locked("start", deadline, () -> new TaskStart(task, deadline).run());
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        MonitoredProcess process = control.process(execId);
        Optional<Exit> exit = process.exit();
        TaskState state = exit.isPresent() ? TaskState.STOPPED : liveState(execId);
        return new ProcessStatus(execId, process.pid(), state, exit);
    }

    private TaskState liveState(String execId) throws DavitException {
        if (!execId.equals(INIT) && execs.get(execId).isAdded()) {
            return TaskState.CREATED;
        }
        return switch (task.stage()) {
            case PAUSED -> TaskState.PAUSED;
            case STARTED -> TaskState.RUNNING;
            default -> execId.equals(INIT) ? TaskState.CREATED : TaskState.RUNNING;
        };
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        control.kill(execId, signal, scope);
    }

    @Override
    public void pause(Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        task.locked(
                "pause",
                deadline,
                () -> {
                    control.pause(deadline);
                    return null;
                });
    }

    @Override
    public void resume(Duration within) throws DavitException {
        task.locked(
                "resume",
                Deadline.in(within),
                () -> {
                    control.resume();
                    return null;
                });
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        execs.add(request);
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        return control.processes();
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        MonitoredProcess process = control.process(execId);
        if (process.exit().isPresent() || !process.hasTerminal()) {
            return;
        }
        try {
            Resizer.resize(process.directory(), size);
        } catch (LinuxException e) {
            throw Failures.of("resize terminal: task=" + task.id(), e);
        }
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        control.process(execId).endInput(Deadline.in(within));
    }

    @Override
    public AutoCloseable attach(String execId, Stdio stdio, Duration within) throws DavitException {
        MonitoredProcess process = control.process(execId);
        boolean added = !execId.equals(INIT) && execs.get(execId).isAdded();
        if (added || process.exit().isPresent()) {
            throw task.notNow("attach streams", "process does not run");
        }
        String what = execId.equals(INIT) ? task.id().toString() : execId;
        PrivateFiles files = process.directory();
        return process.attach(Console.open(what, files, stdio, InputPump.End.STAYS_OPEN));
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        task.locked(
                "checkpoint",
                deadline,
                () -> {
                    new TaskCheckpoint(task, deadline).run(request);
                    return null;
                });
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        task.locked(
                "update",
                deadline,
                () -> {
                    new TaskUpdate(task, deadline).run(request);
                    return null;
                });
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        if (task.init().exit().isPresent()) {
            throw task.notNow("measure", "has ended");
        }
        return new TaskMeasure(task.cgroups()).run();
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        return control.process(execId).await(within);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        if (!execId.equals(INIT)) {
            return execs.delete(execId, deadline);
        }
        return task.locked(
                "delete",
                deadline,
                () -> {
                    Exit exit = new TaskDeletion(task, deadline).run();
                    execs.release();
                    return exit;
                });
    }

    @Override
    public void release(boolean pluginLeaves, Duration within) {
        task.leaveAlone();
        execs.release();
        task.findInit().ifPresent(MonitoredProcess::release);
    }

    @Override
    public void close(Duration within) {
        release(true, within);
        new Leftovers(task.layout(), task.host()).remove(Deadline.in(within));
    }
}

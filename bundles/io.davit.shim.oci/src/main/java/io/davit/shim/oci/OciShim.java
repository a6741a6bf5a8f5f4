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
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;
import io.davit.linux.LinuxException;
import io.davit.spi.shim.ShimInstance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One task under an OCI runtime and conmon. */
final class OciShim implements ShimInstance {
    private final OciTask task;

    OciShim(OciTask task) {
        this.task = task;
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
        return task.locked("start", deadline, () -> new TaskStart(task, deadline).run());
    }

    private MonitoredProcess process(String execId) throws DavitException {
        if (execId.equals(INIT)) {
            return task.init();
        }
        throw new DavitException(
                Kind.NOT_FOUND, "no such process: task=" + task.id() + " exec=" + execId);
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        MonitoredProcess process = process(execId);
        Optional<Exit> exit = process.exit();
        TaskState state =
                exit.isPresent()
                        ? TaskState.STOPPED
                        : switch (task.stage()) {
                            case PAUSED -> TaskState.PAUSED;
                            case STARTED -> TaskState.RUNNING;
                            default -> TaskState.CREATED;
                        };
        return new ProcessStatus(execId, process.pid(), state, exit);
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        MonitoredProcess process = process(execId);
        String what = "kill: task=" + task.id();
        try {
            if (scope == KillScope.ALL && execId.equals(INIT)) {
                process.killing();
                new CgroupKill(task.cgroups()).signal(signal.number());
            } else {
                process.signal(signal.number());
            }
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    @Override
    public void pause(Duration within) throws DavitException {
        throw unsupported("pause");
    }

    @Override
    public void resume(Duration within) throws DavitException {
        throw unsupported("resume");
    }

    private DavitException unsupported(String what) {
        return new DavitException(Kind.NOT_IMPLEMENTED, "cannot " + what);
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        throw unsupported("exec");
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        MonitoredProcess init = task.init();
        List<ProcessInfo> all = new ArrayList<>();
        try {
            for (int pid : task.cgroups().pids()) {
                all.add(new ProcessInfo(pid, INIT));
            }
        } catch (LinuxException e) {
            throw Failures.of("list processes of task " + task.id(), e);
        }
        if (all.isEmpty() && init.exit().isEmpty()) {
            all.add(new ProcessInfo(init.pid(), INIT));
        }
        return all;
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        throw unsupported("resize");
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        process(execId).endInput(Deadline.in(within));
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        throw unsupported("checkpoint");
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        throw unsupported("update");
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        throw unsupported("measure");
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        return process(execId).await(within);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        return task.locked("delete", deadline, () -> new TaskDeletion(task, deadline).run());
    }

    @Override
    public void release(boolean pluginLeaves, Duration within) {
        task.findInit().ifPresent(MonitoredProcess::release);
    }

    @Override
    public void close(Duration within) {
        release(true, within);
        new Leftovers(task.layout(), task.host()).remove(Deadline.in(within));
    }
}

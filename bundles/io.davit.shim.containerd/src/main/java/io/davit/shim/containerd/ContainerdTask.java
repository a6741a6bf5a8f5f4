package io.davit.shim.containerd;

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
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.UpdateTask;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.PauseRequest;
import io.davit.shim.containerd.wire.Task.PidsRequest;
import io.davit.shim.containerd.wire.Task.ResizePtyRequest;
import io.davit.shim.containerd.wire.Task.ResumeRequest;
import io.davit.shim.containerd.wire.Task.StartRequest;
import io.davit.shim.containerd.wire.Task.StatsRequest;
import io.davit.spi.shim.ShimInstance;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operations on one task, carried to its shim. */
final class ContainerdTask implements ShimInstance {
    private final ShimState state;
    private final TaskMaking making;
    private final TaskEnd end;
    private final TaskKill kill;

    ContainerdTask(ShimState state) {
        this.state = state;
        this.making = new TaskMaking(state);
        this.end = new TaskEnd(state);
        this.kill = new TaskKill(state);
    }

    TaskId id() {
        return state.id();
    }

    ShimState state() {
        return state;
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        return making.create(request, Deadline.in(within));
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        making.exec(request, Deadline.in(within));
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        TaskProcess process = state.require(execId);
        StartRequest request = StartRequest.newBuilder().setId(id().id()).setExecId(execId).build();
        long pid =
                Integer.toUnsignedLong(
                        state.session().call("start", TaskService.START, request, within).getPid());
        process.started(pid == 0 ? process.pid() : pid);
        if (!execId.isEmpty()) {
            state.watch(process);
            state.begin(process);
        }
        return process.pid();
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        return state.status(execId, within);
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        kill.kill(execId, signal, scope, Deadline.in(within));
    }

    @Override
    public void pause(Duration within) throws DavitException {
        PauseRequest request = PauseRequest.newBuilder().setId(id().id()).build();
        state.session().call("pause", TaskService.PAUSE, request, within);
    }

    @Override
    public void resume(Duration within) throws DavitException {
        ResumeRequest request = ResumeRequest.newBuilder().setId(id().id()).build();
        state.session().call("resume", TaskService.RESUME, request, within);
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        PidsRequest request = PidsRequest.newBuilder().setId(id().id()).build();
        return Values.processes(
                state.session().call("list processes", TaskService.PIDS, request, within));
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        ResizePtyRequest request =
                ResizePtyRequest.newBuilder()
                        .setId(id().id())
                        .setExecId(execId)
                        .setWidth(size.width())
                        .setHeight(size.height())
                        .build();
        state.session().call("resize", TaskService.RESIZE_PTY, request, within);
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        TaskProcess process = state.require(execId);
        process.streams().closeInput();
        if (!process.streams().isTerminal()) {
            state.closeAtShim(execId, within);
        }
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        state.session()
                .call(
                        "checkpoint",
                        TaskService.CHECKPOINT,
                        Values.checkpoint(id(), request),
                        within);
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        state.session().call("update", TaskService.UPDATE, Values.update(id(), request), within);
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        StatsRequest request = StatsRequest.newBuilder().setId(id().id()).build();
        return Metrics.of(
                state.session().call("measure", TaskService.STATS, request, within).getStats());
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        TaskProcess process = state.require(execId);
        try {
            return process.await(within);
        } catch (InterruptedException e) {
            throw Failures.interrupted("wait: task=" + id());
        }
    }

    @Override
    public AutoCloseable attach(String execId, Stdio stdio, Duration within) throws DavitException {
        TaskProcess process = state.require(execId);
        if (process.exit().isPresent()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot attach: process has ended: task=" + id() + " exec=" + execId);
        }
        return process.streams().attach(stdio);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        return end.delete(execId, Deadline.in(within));
    }

    @Override
    public void release(boolean pluginLeaves, Duration within) {
        state.release();
    }

    @Override
    public void close(Duration within) {
        try {
            end.close(Deadline.in(within));
        } catch (LinuxException e) {
            throw Failures.of("close shim: task=" + id(), e);
        }
    }
}

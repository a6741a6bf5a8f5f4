package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The handle on one shim: passes each operation to what serves the shim at that moment. */
final class ManagedShim implements Shim {
    private final ShimSeat seat;

    /** Called once the shim is closed. */
    private final Consumer<ManagedShim> whenClosed;

    ManagedShim(ShimSeat seat, Consumer<ManagedShim> whenClosed) {
        this.seat = seat;
        this.whenClosed = whenClosed;
    }

    /** An operation without an answer. */
    private interface Operation {
        void on(ShimTask task, Duration within) throws DavitException;
    }

    ShimSeat seat() {
        return seat;
    }

    @Override
    public TaskId id() {
        return seat.id();
    }

    @Override
    public ShimInfo info() {
        return seat.info();
    }

    @Override
    public boolean isReachable() {
        return seat.isReachable();
    }

    @Override
    public void close() {
        seat.close();
        whenClosed.accept(this);
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        return seat.call("create", within, (task, left) -> task.create(request, left));
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        return seat.call("start", within, (task, left) -> task.start(execId, left));
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        return seat.call("status", within, (task, left) -> task.status(execId, left));
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        operate("kill", within, (task, left) -> task.kill(execId, signal, scope, left));
    }

    @Override
    public void pause(Duration within) throws DavitException {
        operate("pause", within, ShimTask::pause);
    }

    @Override
    public void resume(Duration within) throws DavitException {
        operate("resume", within, ShimTask::resume);
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        boolean added = seat.news().exits().added(request.execId());
        boolean ok = false;
        try {
            operate("exec", within, (task, left) -> task.exec(request, left));
            ok = true;
        } finally {
            if (added && !ok) {
                seat.news().exits().dropped(request.execId());
            }
        }
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        return List.copyOf(seat.call("processes", within, ShimTask::processes));
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        operate("resize", within, (task, left) -> task.resize(execId, size, left));
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        operate("close stdin", within, (task, left) -> task.closeStdin(execId, left));
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        operate("checkpoint", within, (task, left) -> task.checkpoint(request, left));
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        operate("update", within, (task, left) -> task.update(request, left));
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        return seat.call("metrics", within, ShimTask::metrics);
    }

    /** Waits here and not in the plugin, so that the wait outlives the plugin. */
    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        if (seat.news().exits().find(execId).isEmpty()) {
            ProcessStatus status = status(execId, deadline.remaining());
            if (status.state() == TaskState.STOPPED) {
                return status.exit();
            }
            seat.news().exits().added(execId);
        }
        try {
            return seat.news().exits().await(execId, deadline.remaining());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted while waiting: task=" + id(), e);
        }
    }

    @Override
    public AutoCloseable attach(String execId, Stdio stdio, Duration within) throws DavitException {
        return seat.attach(execId, stdio, within);
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        Exit exit = seat.call("delete", within, (task, left) -> task.delete(execId, left));
        if (execId.equals(INIT)) {
            seat.deleted();
        } else {
            seat.news().exits().dropped(execId);
        }
        return exit;
    }

    private void operate(String what, Duration within, Operation operation) throws DavitException {
        seat.call(
                what,
                within,
                (task, left) -> {
                    operation.on(task, left);
                    return true;
                });
    }
}

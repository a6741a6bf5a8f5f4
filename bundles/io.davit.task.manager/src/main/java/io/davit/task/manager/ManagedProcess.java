package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskProcess;
import io.davit.api.task.TaskState;

import java.time.Duration;
import java.util.Optional;

/** What the init process and further processes of a task have in common. */
class ManagedProcess implements TaskProcess {
    private final TaskOperations operations;
    private final TaskLife life;
    private final String execId;

    ManagedProcess(TaskOperations operations, TaskLife life, String execId) {
        this.operations = operations;
        this.life = life;
        this.execId = execId;
    }

    final TaskOperations operations() {
        return operations;
    }

    final TaskLife life() {
        return life;
    }

    @Override
    public TaskId id() {
        return life.id();
    }

    @Override
    public ProcessStatus status() throws DavitException {
        return life.status(execId);
    }

    @Override
    public long start(Duration within) throws DavitException {
        return operations.start(life, execId, within);
    }

    @Override
    public void kill(Signal signal, KillScope scope, Duration within) throws DavitException {
        operations.kill(life, execId, new TaskOperations.Shot(signal, scope), within);
    }

    @Override
    public void resize(ConsoleSize size, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        shim(deadline).resize(execId, size, deadline.remaining());
    }

    @Override
    public void closeStdin(Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        shim(deadline).closeStdin(execId, deadline.remaining());
    }

    @Override
    public AutoCloseable attach(Stdio stdio, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        TaskState state = life.state(execId);
        if (state != TaskState.RUNNING && state != TaskState.PAUSED) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot attach to a process that does not run: task="
                            + id()
                            + " state="
                            + state);
        }
        return shim(deadline).attach(execId, stdio, deadline.remaining());
    }

    @Override
    public Optional<Exit> await(Duration within) throws DavitException {
        return life.await(execId, Deadline.in(within).remaining());
    }

    /** The shim of a process that is there. */
    final Shim shim(Deadline deadline) throws DavitException {
        life.state(execId);
        return operations.shim(life, deadline);
    }
}

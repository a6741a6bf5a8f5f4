package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.ConsoleSize;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The task of a shim that ended without its plugin: answers from recorded exits. */
final class EndedTask implements ShimTask {
    private final TaskId id;
    private final RecordedExits exits;

    EndedTask(TaskId id, RecordedExits exits) {
        this.id = id;
        this.exits = exits;
    }

    @Override
    public long create(CreateShimTask request, Duration within) throws DavitException {
        throw ended("create");
    }

    @Override
    public long start(String execId, Duration within) throws DavitException {
        throw ended("start");
    }

    @Override
    public ProcessStatus status(String execId, Duration within) throws DavitException {
        Exit exit = exit(execId);
        return new ProcessStatus(execId, exit.pid(), TaskState.STOPPED, Optional.of(exit));
    }

    @Override
    public void kill(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        exit(execId);
    }

    @Override
    public void pause(Duration within) throws DavitException {
        throw ended("pause");
    }

    @Override
    public void resume(Duration within) throws DavitException {
        throw ended("resume");
    }

    @Override
    public void exec(ExecTask request, Duration within) throws DavitException {
        throw ended("exec");
    }

    @Override
    public List<ProcessInfo> processes(Duration within) {
        return List.of();
    }

    @Override
    public void resize(String execId, ConsoleSize size, Duration within) throws DavitException {
        exit(execId);
    }

    @Override
    public void closeStdin(String execId, Duration within) throws DavitException {
        exit(execId);
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        throw ended("checkpoint");
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        throw ended("update");
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        throw ended("measure");
    }

    @Override
    public Optional<Exit> await(String execId, Duration within) throws DavitException {
        return Optional.of(exit(execId));
    }

    @Override
    public Exit delete(String execId, Duration within) throws DavitException {
        return exit(execId);
    }

    private Exit exit(String execId) throws DavitException {
        return exits.find(execId)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.NOT_FOUND,
                                        "no such process: task=" + id + " exec=" + execId));
    }

    private DavitException ended(String what) {
        return new DavitException(
                Kind.FAILED_PRECONDITION, "cannot " + what + ": task has ended: task=" + id);
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecProcess;
import io.davit.api.task.ExecTask;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Task;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.UpdateTask;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The handle on a task and its init process. */
final class ManagedTask extends ManagedProcess implements Task {
    ManagedTask(TaskOperations operations, TaskLife life) {
        super(operations, life, ShimTask.INIT);
    }

    @Override
    public String runtime() {
        return life().record().runtime();
    }

    @Override
    public Path bundle() {
        return life().bundle().path();
    }

    @Override
    public Map<String, String> labels() {
        return life().record().labels();
    }

    @Override
    public void pause(Duration within) throws DavitException {
        operations().pause(life(), within);
    }

    @Override
    public void resume(Duration within) throws DavitException {
        operations().resume(life(), within);
    }

    @Override
    public ExecProcess exec(ExecTask request, Duration within) throws DavitException {
        operations().exec(life(), request, within);
        return new ManagedExec(operations(), life(), request.execId());
    }

    @Override
    public Optional<ExecProcess> process(String execId) {
        return !execId.isEmpty() && life().has(execId)
                ? Optional.of(new ManagedExec(operations(), life(), execId))
                : Optional.empty();
    }

    @Override
    public List<ProcessInfo> processes(Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        return shim(deadline).processes(deadline.remaining());
    }

    @Override
    public void checkpoint(CheckpointTask request, Duration within) throws DavitException {
        operations().checkpoint(life(), request, within);
    }

    @Override
    public void update(UpdateTask request, Duration within) throws DavitException {
        operations().update(life(), request, within);
    }

    @Override
    public TaskMetrics metrics(Duration within) throws DavitException {
        return operations().metrics(life(), within);
    }

    @Override
    public String toString() {
        return "task " + id();
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.task.ExecProcess;
import io.davit.api.task.Exit;

import java.time.Duration;

/** The handle on a further process. */
final class ManagedExec extends ManagedProcess implements ExecProcess {
    private final String execId;

    ManagedExec(TaskOperations operations, TaskLife life, String execId) {
        super(operations, life, execId);
        this.execId = execId;
    }

    @Override
    public String execId() {
        return execId;
    }

    @Override
    public Exit delete(Duration within) throws DavitException {
        return operations().deleteExec(life(), execId, within);
    }
}

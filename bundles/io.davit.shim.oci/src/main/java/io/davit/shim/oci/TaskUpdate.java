package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.UpdateTask;
import io.davit.linux.LinuxException;
import io.davit.oci.Resources;

import java.util.List;

/** Changes the limits of a task while it runs. Confined to one thread, which holds the lock. */
final class TaskUpdate {
    private static final String FILE = "resources.json";

    private final OciTask task;
    private final Deadline deadline;
    private final String what;

    TaskUpdate(OciTask task, Deadline deadline) {
        this.task = task;
        this.deadline = deadline;
        this.what = "update task " + task.id();
    }

    void run(UpdateTask request) throws DavitException {
        if (task.init().exit().isPresent()) {
            throw task.notNow("update", "has ended");
        }
        Resources wanted = Resources.parse(request.resources().json());
        TaskLayout layout = task.layout();
        PrivateFiles files = new PrivateFiles(layout.root());
        try {
            files.write(FILE, request.resources().json());
            List<String> arguments =
                    List.of(
                            "--root",
                            layout.runtimeRoot().toString(),
                            "update",
                            "--resources",
                            files.path(FILE).toString(),
                            layout.container());
            Command.Result result =
                    task.programs().runtime().run(what, Command.ERR, arguments, deadline);
            if (result.code() != 0) {
                throw RuntimeFailure.of(what, result.text());
            }
            if (wanted.memoryLimit().orElse(-1) > 0) {
                task.init().record().flag(ProcessRecord.Flag.WATCH_MEMORY, true);
                task.init().record().write();
            }
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }
}

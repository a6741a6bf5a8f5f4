package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Stdio;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.util.Optional;

/** Starts the monitor of an init process. Confined to one thread, which holds the task's lock. */
final class InitLaunch {
    private final OciTask task;
    private final MonitoredProcess init;
    private final Stdio stdio;

    InitLaunch(OciTask task, MonitoredProcess init, Stdio stdio) {
        this.task = task;
        this.init = init;
        this.stdio = stdio;
    }

    /**
     * Starts it; the process waits for its start then, unless it is restored, which runs it.
     *
     * @param image what to restore it from
     */
    void run(String what, Optional<Path> image, Deadline deadline)
            throws LinuxException, DavitException {
        MonitorCommand command = command(what);
        image.ifPresent(command::restore);
        init.launch(command, () -> {}, deadline);
        ProcessRecord record = init.record();
        if (record.process().isPresent()) {
            task.cgroups(TaskCgroups.of((int) init.pid(), task.tools().cgroups()));
            record.cgroups(task.cgroups().paths());
        }
        boolean restored = image.isPresent();
        record.phase(restored ? ProcessRecord.Phase.STARTED : ProcessRecord.Phase.CREATED);
        ProcessStreams.connect(task.id().toString(), init.directory(), stdio, init);
        record.write();
        task.init(init);
        task.lookAfter();
        task.stage(restored ? OciTask.Stage.STARTED : OciTask.Stage.CREATED);
        init.watch();
    }

    private MonitorCommand command(String what) {
        TaskLayout layout = task.layout();
        MonitorCommand command =
                new MonitorCommand(
                                what,
                                task.programs(),
                                layout.container(),
                                init.directory(),
                                init.record().token())
                        .runtimeRoot(layout.runtimeRoot())
                        .log(layout.log(), task.settings().logBytes());
        if (stdio.terminal()) {
            command.terminal();
        } else if (ProcessStreams.readsInput(stdio)) {
            command.stdin();
        }
        return command;
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.UUID;

/** Makes a task from its bundle, all or nothing. Confined to one thread, which holds the lock. */
final class TaskCreation {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCreation.class);
    private static final Duration UNDO = Duration.ofSeconds(5);

    private final OciTask task;
    private final CreateShimTask request;
    private final Deadline deadline;
    private final String what;
    private MonitoredProcess init;

    TaskCreation(OciTask task, CreateShimTask request, Deadline deadline) {
        this.task = task;
        this.request = request;
        this.deadline = deadline;
        this.what = "create task " + task.id();
    }

    /** Creates it; returns the number of its init process. */
    long run() throws DavitException {
        boolean done = false;
        try {
            prepare();
            monitor();
            done = true;
            return init.pid();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    private void prepare() throws LinuxException, DavitException {
        TaskLayout layout = task.layout();
        PrivateFiles files = PrivateFiles.make(layout.root());
        PrivateFiles.make(layout.logs());
        new MonitorFiles(files).clear();
        ProcessRecord record = ProcessRecord.begin(files, task.host().boot(), task.tools());
        record.token(UUID.randomUUID().toString());
        record.flag(ProcessRecord.Flag.TERMINAL, request.stdio().terminal());
        record.flag(ProcessRecord.Flag.STDIN, ProcessStreams.readsInput(request.stdio()));
        record.flag(ProcessRecord.Flag.MOUNTED, !request.rootfs().isEmpty());
        RuntimeConfig config =
                RuntimeConfig.read(layout)
                        .root(request.rootfs())
                        .version(task.tools().specVersion())
                        .terminal(request.stdio().terminal())
                        .limits(task.host().limits())
                        .cgroup(task.tools().runtime().systemd())
                        .note(record);
        record.write();
        init = new MonitoredProcess(what, task.host(), record, files, new InitEnd(task));
        if (!request.rootfs().isEmpty()) {
            new Rootfs(layout.bundle().rootfs()).mount(request.rootfs());
        }
        config.write(files);
    }

    private void monitor() throws LinuxException, DavitException {
        TaskLayout layout = task.layout();
        ProcessRecord record = init.record();
        MonitorCommand command =
                new MonitorCommand(
                                what,
                                task.tools(),
                                layout.container(),
                                new PrivateFiles(layout.root()),
                                record.token())
                        .runtimeRoot(layout.runtimeRoot())
                        .log(layout.log(), task.settings().logBytes());
        if (request.stdio().terminal()) {
            command.terminal();
        } else if (ProcessStreams.readsInput(request.stdio())) {
            command.stdin();
        }
        init.launch(command, () -> {}, deadline);
        if (record.process().isPresent()) {
            task.cgroups(TaskCgroups.of((int) init.pid()));
            record.cgroups(task.cgroups().paths());
        }
        record.phase(ProcessRecord.Phase.CREATED);
        ProcessStreams.connect(
                task.id().toString(), new PrivateFiles(layout.root()), request.stdio(), init);
        record.write();
        task.init(init);
        task.lookAfter();
        init.watch();
        task.stage(OciTask.Stage.CREATED);
    }

    private void undo() {
        if (init != null) {
            init.release();
        }
        try {
            new Leftovers(task.layout(), task.host()).remove(Deadline.in(UNDO));
        } catch (DavitException e) {
            LOG.warn("undo of create failed: task={}", task.id(), e);
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Deadline;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;
import io.davit.oci.RuntimeSpec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes a task from its bundle, all or nothing. Confined to one thread, which holds the lock. */
final class TaskCreation {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCreation.class);
    private static final Duration UNDO = Duration.ofSeconds(5);

    /** Takes what a runtime makes in an empty root filesystem, and goes with the task. */
    private static final Mount EMPTY = Mount.of("tmpfs", "tmpfs", "mode=755", "size=65536k");

    private final OciTask task;
    private final CreateShimTask request;
    private final Deadline deadline;
    private final String what;
    private List<Mount> rootfs;
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
            if (request.checkpoint().isPresent()) {
                keepForRestore();
            } else {
                new InitLaunch(task, init, request.stdio()).run(what, Optional.empty(), deadline);
            }
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
        ProcessRecord record = ProcessRecord.begin(files, task.host().boot(), task.programs());
        record.token(UUID.randomUUID().toString());
        record.flag(ProcessRecord.Flag.TERMINAL, request.stdio().terminal());
        record.flag(ProcessRecord.Flag.STDIN, ProcessStreams.readsInput(request.stdio()));
        RuntimeSpec spec = RuntimeConfig.specification(task.layout());
        rootfs = rootfs(spec);
        record.flag(ProcessRecord.Flag.MOUNTED, mountsItself());
        RuntimeConfig config = config(spec).note(record);
        record.write();
        String name = "task " + task.id();
        init = new MonitoredProcess(name, task.host(), record, files, new InitEnd(task));
        if (mountsItself()) {
            new Rootfs(layout.bundle().rootfs()).mount(rootfs);
        }
        config.write(files);
    }

    /** The mounts that make up the root filesystem, with a layer above it if that is asked for. */
    private List<Mount> rootfs(RuntimeSpec spec) throws LinuxException, DavitException {
        boolean layer = WritableLayer.isWanted(spec);
        if (!task.host().isRoot() && (layer || shown().isEmpty() && !request.rootfs().isEmpty())) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED,
                    "cannot " + what + ": mounting its root filesystem needs root");
        }
        if (layer) {
            return new WritableLayer(task.layout()).above(spec, request.rootfs());
        }
        boolean nothing = request.rootfs().isEmpty() && isEmpty(spec) && task.host().isRoot();
        return nothing ? List.of(EMPTY) : request.rootfs();
    }

    /** Says whether nobody has put anything where the root filesystem is to be. */
    private boolean isEmpty(RuntimeSpec spec) throws LinuxException {
        Path own = task.layout().bundle().rootfs();
        Path named = Path.of(spec.root().map(root -> root.path()).orElse("rootfs"));
        if (!own.getParent().resolve(named).normalize().equals(own)) {
            return false;
        }
        try (Dir dir = Dir.open(own)) {
            return dir.list(".").isEmpty();
        }
    }

    /** An ordinary user cannot mount, but need not to show a directory as it is. */
    private boolean mountsItself() {
        return task.host().isRoot() && !rootfs.isEmpty();
    }

    private RuntimeConfig config(RuntimeSpec spec) throws DavitException {
        boolean systemd = task.programs().runtime().systemd();
        return new RuntimeConfig(task.layout(), spec)
                .root(rootfs, task.host().isRoot() ? Optional.empty() : shown())
                .sysfs(task.host().user())
                .version(task.tools().specVersion())
                .terminal(request.stdio().terminal())
                .limits(task.host().limits())
                .cgroup(systemd)
                .user(task.host().user(), systemd);
    }

    private Optional<Path> shown() throws DavitException {
        return Rootfs.directory(request.rootfs());
    }

    /** A task that is restored begins with its start. */
    private void keepForRestore() throws LinuxException {
        init.record().phase(ProcessRecord.Phase.ADDED);
        init.record().write();
        task.init(init);
        task.restore(new OciTask.Restore(request.checkpoint().get(), request.stdio()));
        task.stage(OciTask.Stage.CREATED);
    }

    /** Undoes what was done, to the end even if the thread is interrupted. */
    private void undo() {
        boolean interrupted = Thread.interrupted();
        if (init != null) {
            init.release();
        }
        try {
            new Leftovers(task.layout(), task.host()).remove(Deadline.in(UNDO));
        } catch (DavitException e) {
            LOG.warn("undo of create failed: task={}", task.id(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Stdio;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds a task again by the records in its directory. Confined to one thread with the lock. */
final class TaskRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRecovery.class);

    private final OciTask task;
    private final TaskExecs execs;
    private final String what;

    TaskRecovery(OciTask task, TaskExecs execs) {
        this.task = task;
        this.execs = execs;
        this.what = "recover task " + task.id();
    }

    /** Finds it; exits that happened meanwhile are told on the way or soon after. */
    void run() throws DavitException {
        try {
            PrivateFiles files = new PrivateFiles(task.layout().root());
            ProcessRecord record = require(ProcessRecord.read(files));
            task.programs(record.programs());
            task.cgroups(new TaskCgroups(record.cgroups()));
            MonitoredProcess init =
                    new MonitoredProcess(
                            "task " + task.id(), task.host(), record, files, new InitEnd(task));
            task.init(init);
            task.stage(stage(record));
            init.find();
            reconnect(task.id().toString(), files, init);
            init.watch();
            for (PrivateFiles exec : execs()) {
                recoverExec(exec);
            }
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    private ProcessRecord require(Optional<ProcessRecord> found) throws DavitException {
        boolean usable =
                found.filter(record -> record.boot().equals(task.host().boot()))
                        .filter(record -> record.phase() != ProcessRecord.Phase.CREATING)
                        .filter(record -> record.phase() != ProcessRecord.Phase.ADDED)
                        .isPresent();
        if (!usable) {
            throw new DavitException(
                    Kind.NOT_FOUND, "no container was created for this task: task=" + task.id());
        }
        return found.get();
    }

    private OciTask.Stage stage(ProcessRecord record) throws LinuxException {
        if (record.phase() == ProcessRecord.Phase.CREATED && !wasStarted(record)) {
            return OciTask.Stage.CREATED;
        }
        boolean halted = new Freezer(task.cgroups()).isFrozen();
        return halted ? OciTask.Stage.PAUSED : OciTask.Stage.STARTED;
    }

    /** A start can have happened without being written down. */
    private boolean wasStarted(ProcessRecord record) {
        Path state = task.layout().runtimeRoot().resolve(task.layout().container());
        return record.runtime().kind() != RuntimeKind.OTHER
                && !Files.exists(state.resolve(DirectStart.FIFO));
    }

    /** Files and named pipes can be opened again; streams of a JVM that has ended cannot. */
    private static void reconnect(String what, PrivateFiles files, MonitoredProcess process)
            throws LinuxException, DavitException {
        boolean connected = process.record().console(process.jvm()).isPresent();
        Optional<Stdio> stdio = ProcessStreams.recorded(process.record());
        if (connected || stdio.isEmpty() || !process.isMonitored()) {
            return;
        }
        try {
            ProcessStreams.connect(what, files, stdio.get(), process);
            process.record().write();
        } catch (DavitException e) {
            LOG.warn("streams are lost, output goes to the log alone: {}", what, e);
        }
    }

    private java.util.List<PrivateFiles> execs() throws LinuxException {
        return PrivateFiles.below(task.layout().execs());
    }

    private void recoverExec(PrivateFiles files) throws LinuxException, DavitException {
        Optional<ProcessRecord> found = ProcessRecord.read(files);
        if (found.isEmpty()) {
            return;
        }
        ProcessRecord record = found.get();
        String execId = files.path().getFileName().toString();
        Stdio stdio = ProcessStreams.recorded(record).orElse(Stdio.NONE);
        ExecEntry entry = ExecEntry.of(task, execId, files, stdio, record);
        if (entry.isAdded()) {
            execs.put(entry);
            return;
        }
        entry.process().find();
        if (record.phase() == ProcessRecord.Phase.CREATING) {
            execs.giveUp(entry);
        } else {
            reconnect(execId, files, entry.process());
            entry.process().watch();
        }
        execs.put(entry);
    }
}

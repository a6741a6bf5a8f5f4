package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.linux.Dir;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The further processes of one task.
 *
 * <p><b>Threads.</b> Safe for use by many threads; operations on one process that change it run one
 * after the other.
 */
final class TaskExecs {
    private static final String SPECIFICATION = "process.json";

    private final OciTask task;
    private final Map<String, ExecEntry> entries = new ConcurrentHashMap<>();

    TaskExecs(OciTask task) {
        this.task = task;
    }

    /** Work on a process that changes it. */
    private interface Work<T> {
        T run() throws DavitException, LinuxException;
    }

    Optional<ExecEntry> find(String execId) {
        return Optional.ofNullable(entries.get(execId));
    }

    ExecEntry get(String execId) throws DavitException {
        return find(execId)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.NOT_FOUND,
                                        "no such process: task="
                                                + task.id()
                                                + " exec="
                                                + io.davit.api.names.Texts.quote(execId)));
    }

    Collection<ExecEntry> all() {
        return entries.values();
    }

    /** Takes in a process that was found again. */
    void put(ExecEntry entry) {
        entries.put(entry.id(), entry);
    }

    /** Describes a process, to be started later. */
    void add(ExecTask request) throws DavitException {
        String what = "add exec " + request.execId() + " to task " + task.id();
        requireRunning(what);
        String specification =
                RuntimeConfig.exec(
                        request.process().json(), request.stdio().terminal(), task.host().limits());
        try {
            Path path = task.layout().exec(request.execId());
            PrivateFiles files = PrivateFiles.make(path);
            ProcessRecord record = ProcessRecord.begin(files, task.host().boot(), task.programs());
            record.phase(ProcessRecord.Phase.ADDED);
            record.token(UUID.randomUUID().toString());
            record.flag(ProcessRecord.Flag.TERMINAL, request.stdio().terminal());
            record.flag(ProcessRecord.Flag.STDIN, ProcessStreams.readsInput(request.stdio()));
            ExecEntry entry = ExecEntry.of(task, request.execId(), files, request.stdio(), record);
            if (entries.putIfAbsent(request.execId(), entry) != null) {
                throw new DavitException(Kind.ALREADY_EXISTS, "cannot " + what + ": it is there");
            }
            files.write(SPECIFICATION, specification);
            record.write();
        } catch (LinuxException e) {
            entries.remove(request.execId());
            throw Failures.of(what, e);
        }
    }

    private void requireRunning(String what) throws DavitException {
        task.init();
        boolean created = task.stage() == OciTask.Stage.CREATED && task.init().exit().isEmpty();
        if (!created && !task.isRunning()) {
            throw task.notNow(what, "is not running");
        }
        if (task.stage() == OciTask.Stage.PAUSED) {
            throw task.notNow(what, "is paused");
        }
    }

    private <T> T locked(ExecEntry entry, String what, Deadline deadline, Work<T> work)
            throws DavitException {
        try {
            long nanos = deadline.remaining().toNanos();
            if (!entry.lock().tryLock(nanos, TimeUnit.NANOSECONDS)) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED, what + " waited for another operation");
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
        try {
            return work.run();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } finally {
            entry.lock().unlock();
        }
    }

    /** Starts a process; returns its number. */
    long start(String execId, Deadline deadline) throws DavitException {
        ExecEntry entry = get(execId);
        String what = "start exec " + execId + " in task " + task.id();
        return locked(
                entry,
                what,
                deadline,
                () -> {
                    requireRunning(what);
                    if (!entry.isAdded()) {
                        throw new DavitException(
                                Kind.FAILED_PRECONDITION, "cannot " + what + ": it was started");
                    }
                    return start(entry, what, deadline);
                });
    }

    private long start(ExecEntry entry, String what, Deadline deadline)
            throws LinuxException, DavitException {
        MonitoredProcess process = entry.process();
        ProcessRecord record = process.record();
        record.phase(ProcessRecord.Phase.CREATING);
        boolean done = false;
        try {
            process.launch(
                    command(entry, what),
                    () -> ProcessStreams.connect(entry.id(), entry.files(), entry.stdio(), process),
                    deadline);
            record.phase(ProcessRecord.Phase.STARTED);
            record.write();
            process.watch();
            done = true;
            return process.pid();
        } finally {
            if (!done) {
                giveUp(entry);
            }
        }
    }

    private MonitorCommand command(ExecEntry entry, String what) {
        ProcessRecord record = entry.process().record();
        boolean streams = ProcessStreams.isConnected(entry.stdio());
        MonitorCommand command =
                new MonitorCommand(
                                what,
                                task.programs(),
                                task.layout().container(),
                                entry.files(),
                                record.token())
                        .runtimeRoot(task.layout().runtimeRoot())
                        .noLog()
                        .exec(entry.files().path(SPECIFICATION), streams);
        if (record.flag(ProcessRecord.Flag.TERMINAL)) {
            command.terminal();
        } else if (record.flag(ProcessRecord.Flag.STDIN)) {
            command.stdin();
        }
        return command;
    }

    /** A start that failed leaves a process that has ended without ever running. */
    void giveUp(ExecEntry entry) throws LinuxException, DavitException {
        entry.process().giveUp(Exit.of(0, 255, Instant.now()));
        entry.process().record().write();
    }

    /** Removes a process that has ended or was never started. */
    Exit delete(String execId, Deadline deadline) throws DavitException {
        ExecEntry entry = get(execId);
        String what = "delete exec " + execId + " of task " + task.id();
        return locked(
                entry,
                what,
                deadline,
                () -> {
                    Optional<Exit> exit = entry.process().exit();
                    if (exit.isEmpty() && !entry.isAdded()) {
                        throw new DavitException(
                                Kind.FAILED_PRECONDITION, "cannot " + what + ": it is running");
                    }
                    if (exit.isPresent()) {
                        entry.process().await(TaskDeletion.TELL);
                    }
                    entry.process().release();
                    removeFiles(entry);
                    entries.remove(execId);
                    return exit.orElseGet(() -> Exit.of(0, 0, Instant.now()));
                });
    }

    private void removeFiles(ExecEntry entry) throws LinuxException {
        try (Dir execs = Dir.open(task.layout().execs())) {
            execs.deleteTree(entry.id());
        }
    }

    /** Lets go of all. */
    void release() {
        entries.values().forEach(entry -> entry.process().release());
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.linux.LinuxException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Signals, halts and lists the processes of a task. */
final class TaskControl {
    private final OciTask task;
    private final TaskExecs execs;

    TaskControl(OciTask task, TaskExecs execs) {
        this.task = task;
        this.execs = execs;
    }

    /** Signals one process, or all. */
    void kill(String execId, Signal signal, KillScope scope) throws DavitException {
        MonitoredProcess process = process(execId);
        try {
            if (scope == KillScope.PROCESS) {
                signal(process, signal);
            } else if (!execId.equals(ShimTask.INIT)) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT,
                        "only the init process stands for all: task=" + task.id());
            } else {
                signalAll(process, signal);
            }
        } catch (LinuxException e) {
            throw Failures.of("kill: task=" + task.id(), e);
        }
    }

    private void signal(MonitoredProcess process, Signal signal)
            throws LinuxException, DavitException {
        if (execs.all().stream().anyMatch(e -> e.process() == process && e.isAdded())) {
            throw task.notNow("signal", "process was not started");
        }
        process.signal(signal.number());
        thawKilled(signal);
    }

    private void signalAll(MonitoredProcess init, Signal signal) throws LinuxException {
        if (init.exit().isPresent()) {
            return;
        }
        CgroupKill all = new CgroupKill(task.cgroups());
        if (signal.equals(Signal.KILL)) {
            init.signal(signal.number());
            all.run();
        } else if (task.cgroups().paths().isEmpty()) {
            init.signal(signal.number());
        } else {
            all.signal(signal.number());
        }
        thawKilled(signal);
    }

    /** In version 1 what is halted does not even die. */
    private void thawKilled(Signal signal) throws LinuxException {
        Freezer freezer = new Freezer(task.cgroups());
        if (signal.equals(Signal.KILL) && freezer.isFrozen()) {
            freezer.thawQuietly();
        }
    }

    MonitoredProcess process(String execId) throws DavitException {
        return execId.equals(ShimTask.INIT) ? task.init() : execs.get(execId).process();
    }

    void pause(Deadline deadline) throws DavitException {
        if (task.init().exit().isPresent() || task.stage() != OciTask.Stage.STARTED) {
            throw task.notNow("pause", "is not running");
        }
        new Freezer(task.cgroups()).freeze("pause task " + task.id(), deadline);
        task.stage(OciTask.Stage.PAUSED);
    }

    void resume() throws DavitException {
        if (task.init().exit().isPresent() || task.stage() != OciTask.Stage.PAUSED) {
            throw task.notNow("resume", "is not paused");
        }
        new Freezer(task.cgroups()).thaw("resume task " + task.id());
        task.stage(OciTask.Stage.STARTED);
    }

    /** Lists the processes inside; those of an exec carry its id. */
    List<ProcessInfo> processes() throws DavitException {
        MonitoredProcess init = task.init();
        Map<Integer, String> known = new HashMap<>();
        execs.all().forEach(exec -> known.put((int) exec.process().pid(), exec.id()));
        try {
            Set<Integer> pids = task.cgroups().pids();
            if (task.cgroups().paths().isEmpty()) {
                known.keySet().stream().filter(pid -> pid > 0).forEach(pids::add);
                pids.add((int) init.pid());
            }
            List<ProcessInfo> all = new ArrayList<>();
            if (init.exit().isEmpty()) {
                pids.forEach(pid -> all.add(new ProcessInfo(pid, known.getOrDefault(pid, ""))));
            }
            return all;
        } catch (LinuxException e) {
            throw Failures.of("list processes of task " + task.id(), e);
        }
    }
}

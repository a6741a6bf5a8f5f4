package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.shim.ShimListener;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;
import io.davit.task.manager.TaskRecord.Phase;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What is known about one task: its processes, its shim, and what has been told about it.
 *
 * <p>Guarded by its monitor, which is never held while code of others runs. Events are added to
 * their queue under it, so that they are told in the order in which things became known.
 */
final class TaskLife implements ShimListener {
    private final OciBundle bundle;
    private final TaskEvents events;
    private final TaskOrder order;
    private final TaskShim shim;

    /** Has the record written some time soon. */
    private final Consumer<TaskLife> remember;

    /** Guarded by this. */
    private TaskRecord record;

    /** By exec id, the init process first. Guarded by this. */
    private final Map<String, ProcessLife> processes = new LinkedHashMap<>();

    /** The task was deleted. Guarded by this. */
    private boolean gone;

    /** Whether its shim is looked for and may tell of processes it had. Guarded by this. */
    private boolean sought;

    TaskLife(TaskRecord record, OciBundle bundle, TaskEvents events, Consumer<TaskLife> remember) {
        this.record = record;
        this.bundle = bundle;
        this.events = events;
        this.remember = remember;
        this.order = new TaskOrder(bundle.id());
        this.shim = new TaskShim(bundle.id());
        ProcessLife init = new ProcessLife(ShimTask.INIT);
        processes.put(ShimTask.INIT, init);
        record.exit().ifPresent(init::end);
        if (record.phase() == Phase.STARTED && record.exit().isEmpty()) {
            init.state(TaskState.RUNNING);
        }
    }

    TaskId id() {
        return bundle.id();
    }

    OciBundle bundle() {
        return bundle;
    }

    TaskEvents events() {
        return events;
    }

    synchronized TaskRecord record() {
        return record;
    }

    TaskOrder order() {
        return order;
    }

    TaskShim shim() {
        return shim;
    }

    /** Changes the record; whoever calls has it written. */
    synchronized TaskRecord advance(Phase phase) {
        record = record.in(phase);
        return record;
    }

    /** Notes that the shim is proven dead, and with it every process. */
    void lost(Optional<Exit> init) {
        Exit unknown = Exit.because(0, 137, Instant.now(), Exit.SHIM_LOST);
        exited(ShimTask.INIT, init.orElse(unknown));
        for (ProcessLife process : snapshot()) {
            exited(process.execId(), unknown);
        }
        shim.lost();
    }

    private synchronized List<ProcessLife> snapshot() {
        return List.copyOf(processes.values());
    }

    /** The process, or {@code NOT_FOUND}. The caller holds the monitor. */
    private ProcessLife require(String execId) throws DavitException {
        ProcessLife process = gone ? null : processes.get(execId);
        if (process == null) {
            throw new DavitException(
                    Kind.NOT_FOUND,
                    execId.isEmpty()
                            ? "no such task: task=" + id()
                            : "no such process: task=" + id() + " exec=" + execId);
        }
        return process;
    }

    synchronized void requirePresent() throws DavitException {
        require(ShimTask.INIT);
    }

    synchronized ProcessStatus status(String execId) throws DavitException {
        return require(execId).status(shim.isReachable());
    }

    /** The state as the last call or exit left it, whether or not the shim answers. */
    synchronized TaskState state(String execId) throws DavitException {
        return require(execId).state();
    }

    synchronized boolean has(String execId) {
        return !gone && processes.containsKey(execId);
    }

    synchronized int execs() {
        return processes.size() - 1;
    }

    synchronized Optional<Exit> exit(String execId) {
        ProcessLife process = processes.get(execId);
        return process == null ? Optional.empty() : process.exit();
    }

    /** Waits for an exit in memory: it is told by the shim, whoever serves that. */
    synchronized Optional<Exit> await(String execId, Duration within) throws DavitException {
        ProcessLife process = require(execId);
        long end = System.nanoTime() + within.toNanos();
        try {
            while (process.exit().isEmpty() && end - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
                if (process.exit().isEmpty() && (gone || processes.get(execId) != process)) {
                    require(execId);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(
                    Kind.CANCELLED, "interrupted while waiting for an exit: task=" + id(), e);
        }
        return process.exit();
    }

    synchronized void state(String execId, TaskState next) {
        ProcessLife process = processes.get(execId);
        if (process != null && process.state() != TaskState.STOPPED) {
            process.state(next);
        }
    }

    /** Notes which process of the host the init process is. */
    synchronized void pid(long pid) {
        processes.get(ShimTask.INIT).pid(pid);
    }

    /** Notes that a call is under way behind which exits have to wait. */
    synchronized void beginStart(String execId) throws DavitException {
        require(execId).beginStart();
    }

    /** Notes that the call did not start the process, as far as is known. */
    void startFailed(String execId) {
        synchronized (this) {
            ProcessLife process = processes.get(execId);
            if (process != null) {
                process.endStart().ifPresent(exit -> end(process, exit));
            }
        }
        settle();
    }

    /** Notes that the init process is there, and shows the task to others. */
    void created(long pid, List<Mount> rootfs, Runnable show) {
        synchronized (this) {
            ProcessLife init = processes.get(ShimTask.INIT);
            init.pid(pid);
            events.add(new TaskEvent.Created(id(), record.createdAt(), bundle.path(), rootfs, pid));
            init.endStart().ifPresent(exit -> end(init, exit));
        }
        show.run();
        events.publishAll();
        rememberEnd();
    }

    /** Notes that a process was started. */
    void started(String execId, long pid) {
        synchronized (this) {
            ProcessLife process = processes.get(execId);
            if (process == null) {
                return;
            }
            process.pid(pid);
            if (process.state() == TaskState.CREATED) {
                process.state(TaskState.RUNNING);
            }
            events.add(
                    execId.isEmpty()
                            ? new TaskEvent.Started(id(), Instant.now(), pid)
                            : new TaskEvent.ExecStarted(id(), Instant.now(), execId, pid));
            if (execId.isEmpty() && record.phase() == Phase.CREATED) {
                record = record.in(Phase.STARTED);
            }
            process.endStart().ifPresent(exit -> end(process, exit));
        }
        settle();
    }

    /** Notes that a process was added. */
    void added(String execId) {
        synchronized (this) {
            processes.put(execId, new ProcessLife(execId));
            events.add(new TaskEvent.ExecAdded(id(), Instant.now(), execId));
        }
        events.publish();
    }

    /** Takes exits of processes that are not known, until {@link #settled}: the shim knows them. */
    synchronized void seek() {
        sought = true;
    }

    /** Notes that the shim has told of all processes it has. */
    synchronized void settled() {
        sought = false;
    }

    /** Notes that a process, which somebody else added, is there. */
    synchronized void rediscovered(String execId, long pid) {
        ProcessLife process = new ProcessLife(execId);
        process.pid(pid);
        process.state(TaskState.RUNNING);
        processes.putIfAbsent(execId, process);
    }

    /** Notes that a further process was removed. */
    void removed(String execId, Exit exit) {
        synchronized (this) {
            processes.remove(execId);
            events.add(new TaskEvent.Deleted(id(), Instant.now(), execId, exit));
            notifyAll();
        }
        events.publish();
    }

    /** Notes that the task was deleted: nobody finds it any more, and everybody was told. */
    void deleted(Exit exit) {
        synchronized (this) {
            gone = true;
            events.add(new TaskEvent.Deleted(id(), Instant.now(), ShimTask.INIT, exit));
            notifyAll();
        }
        shim.gone();
        events.publishAll();
    }

    /** Tells something that happened. */
    void tell(TaskEvent event) {
        events.add(event);
        events.publish();
    }

    @Override
    public void exited(String execId, Exit exit) {
        synchronized (this) {
            if (sought) {
                processes.computeIfAbsent(execId, ProcessLife::new);
            }
            ProcessLife process = processes.get(execId);
            if (process == null || gone) {
                return;
            }
            end(process, exit);
        }
        settle();
    }

    /** The caller holds the monitor, and settles afterwards. */
    private void end(ProcessLife process, Exit exit) {
        if (!process.end(exit)) {
            return;
        }
        events.add(new TaskEvent.Exited(id(), process.execId(), exit));
        if (process.execId().isEmpty()) {
            record = record.ended(exit);
        }
        notifyAll();
    }

    private void settle() {
        events.publish();
        rememberEnd();
    }

    private void rememberEnd() {
        remember.accept(this);
    }

    @Override
    public void outOfMemory() {
        tell(new TaskEvent.OutOfMemory(id(), Instant.now()));
    }

    @Override
    public void reachable(boolean now) {
        shim.reachable(now);
    }
}

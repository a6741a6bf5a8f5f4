package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.ShimContext;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is known of one task while this plugin serves it.
 *
 * <p>Operations that change the task hold {@link #lock}, which is taken with the time limit of the
 * call; its exits are told without it.
 */
final class OciTask {
    private final ShimContext context;
    private final TaskLayout layout;
    private final Host host;
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();

    /** Set by create or recover, under the lock; read by any thread. */
    private volatile MonitoredProcess init;

    /** As {@link #init}. */
    private volatile Programs programs;

    /** Set before it is created; {@code null} for one that was found again. */
    private volatile Tools tools;

    /** As {@link #init}; empty before there is a process. */
    private volatile TaskCgroups cgroups = new TaskCgroups(Map.of());

    /** As {@link #init}; {@code null} before there is a process. */
    private volatile TaskChores chores;

    /** What the start restores the task from; guarded by the lock. */
    private Restore restore;

    /** Set under the lock. */
    private volatile Stage stage = Stage.NEW;

    OciTask(ShimContext context, Host host, Settings settings) {
        this.context = context;
        this.layout = new TaskLayout(context.bundle());
        this.host = host;
        this.settings = settings;
    }

    /** How far the task has come; its end is told by its init process. */
    enum Stage {
        /** Not created. */
        NEW,
        /** Created, not started. */
        CREATED,
        /** Started. */
        STARTED,
        /** Started and halted. */
        PAUSED,
        /** Gone. */
        DELETED
    }

    /**
     * What a task is restored from.
     *
     * @param image the directory
     * @param stdio its streams
     */
    record Restore(Path image, Stdio stdio) {}

    Optional<Restore> restore() {
        return Optional.ofNullable(restore);
    }

    void restore(Restore from) {
        restore = from;
    }

    ShimContext context() {
        return context;
    }

    TaskLayout layout() {
        return layout;
    }

    TaskId id() {
        return layout.id();
    }

    Host host() {
        return host;
    }

    Settings settings() {
        return settings;
    }

    Stage stage() {
        return stage;
    }

    void stage(Stage next) {
        stage = next;
    }

    /** Returns the choice it is created with; only a task that is created here has one. */
    Tools tools() {
        return tools;
    }

    void tools(Tools chosen) {
        tools = chosen;
        programs = chosen.programs();
    }

    Programs programs() {
        return programs;
    }

    void programs(Programs recorded) {
        programs = recorded;
    }

    TaskCgroups cgroups() {
        return cgroups;
    }

    void cgroups(TaskCgroups found) {
        cgroups = found;
    }

    /** Begins to look after the task once a second. */
    void lookAfter() {
        chores = new TaskChores(this);
        // The log needs its second name before it can be put aside for the first time.
        chores.run();
        host.housekeeping().add(chores);
    }

    /** Says whether it has a limit that its memory can reach. */
    boolean watchesMemory() {
        return findInit()
                .filter(init -> init.record().flag(ProcessRecord.Flag.WATCH_MEMORY))
                .isPresent();
    }

    /** Tells what the last look has not told yet. */
    void tellMemory() {
        TaskChores last = chores;
        if (last != null) {
            last.tellMemory();
        }
    }

    /** Ends looking after it. */
    void leaveAlone() {
        TaskChores last = chores;
        if (last != null) {
            host.housekeeping().remove(last);
        }
    }

    Optional<MonitoredProcess> findInit() {
        return Optional.ofNullable(init);
    }

    void init(MonitoredProcess process) {
        init = process;
    }

    /** Returns the init process. */
    MonitoredProcess init() throws DavitException {
        MonitoredProcess process = init;
        if (process == null || stage == Stage.NEW || stage == Stage.DELETED) {
            throw new DavitException(Kind.NOT_FOUND, "no such task: task=" + id());
        }
        return process;
    }

    /** Says whether it was started and has not ended. */
    boolean isRunning() {
        MonitoredProcess process = init;
        return process != null
                && (stage == Stage.STARTED || stage == Stage.PAUSED)
                && process.exit().isEmpty();
    }

    /** Work on a task. */
    interface Work<T> {
        T run() throws DavitException;
    }

    /** Does work while nothing else changes the task. */
    <T> T locked(String what, Deadline deadline, Work<T> work) throws DavitException {
        try {
            if (!lock.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED,
                        what + " waited for another operation: task=" + id());
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what + ": task=" + id());
        }
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Makes the failure of a call that comes at the wrong time. */
    DavitException notNow(String what, String why) {
        return new DavitException(
                Kind.FAILED_PRECONDITION, "cannot " + what + ": task " + why + ": task=" + id());
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.CloseIORequest;
import io.davit.shim.containerd.wire.Task.StateRequest;
import io.davit.shim.containerd.wire.Task.StatsRequest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is known of a shim and its task while it is served, and what happens to it unasked. */
final class ShimState implements ShimSession.Owner, TaskProcess.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ShimState.class);
    private static final int KILLED = 137;
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration ASK = Duration.ofSeconds(2);

    private final TaskPlace place;
    private final ShimRecord record;
    private final ShimSession session;

    /** Reads the shim's log; {@code null} for one that was joined. */
    private final PipeReader log;

    private final Map<String, TaskProcess> processes = new ConcurrentHashMap<>();
    private volatile boolean outOfMemory;

    /** Set once the shim turned out not to know the question. */
    private volatile boolean tellsNoState;

    /** Set once somebody asked for its death. */
    private volatile boolean killed;

    /** Done when a dead shim was cleared away; tells whether nothing is left of it. */
    private final CompletableFuture<Boolean> burial = new CompletableFuture<>();

    /** Set once the shim has deleted the task. */
    private volatile boolean deleted;

    ShimState(TaskPlace place, ShimRecord record, ShimLink.Target target, PipeReader log) {
        this.place = place;
        this.record = record;
        this.log = log;
        this.session = new ShimSession(place.host(), place.id(), target, this);
    }

    TaskId id() {
        return place.id();
    }

    TaskPlace place() {
        return place;
    }

    ShimRecord record() {
        return record;
    }

    ShimSession session() {
        return session;
    }

    boolean isDeleted() {
        return deleted;
    }

    void deleted() {
        deleted = true;
    }

    /** Makes the entry of a process. */
    TaskProcess add(String execId, ProcessStreams streams) {
        TaskProcess process = new TaskProcess(id().id(), execId, streams, this);
        processes.put(execId, process);
        return process;
    }

    void remove(TaskProcess process) {
        process.release();
        processes.remove(process.execId(), process);
    }

    boolean has(String execId) {
        return processes.containsKey(execId);
    }

    Iterable<TaskProcess> processes() {
        return processes.values();
    }

    Optional<TaskProcess> find(String execId) {
        return Optional.ofNullable(processes.get(execId));
    }

    TaskProcess require(String execId) throws DavitException {
        return find(execId)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.NOT_FOUND,
                                        "no such process: task=" + id() + " exec=" + execId));
    }

    /** Has the shim asked for the end of a process. */
    void watch(TaskProcess process) {
        session.link()
                .ifPresent(
                        link ->
                                process.watch(
                                        link,
                                        () -> place.host().later(ASK_AGAIN, () -> ask(process))));
    }

    /** Asks for the state of a process whose end the shim does not tell. */
    private void ask(TaskProcess process) {
        if (process.exit().isPresent() || find(process.execId()).isEmpty()) {
            return;
        }
        try {
            status(process.execId(), ASK).exit().ifPresent(process::end);
            watch(process);
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND && !deleted) {
                process.end(Exit.because(process.pid(), 255, Instant.now(), "unknown-to-shim"));
            }
            LOG.debug("shim does not tell: task={} exec={}", id(), process.execId(), e);
        }
    }

    /** Lets input flow to a process, because the shim has opened its pipes. */
    void begin(TaskProcess process) {
        process.streams().begin(() -> endInput(process.execId()));
    }

    private void endInput(String execId) {
        try {
            closeAtShim(execId, ASK);
        } catch (DavitException e) {
            LOG.debug("stdin not closed at shim: task={} exec={}", id(), execId, e);
        }
    }

    /** Has the shim end the standard input of a process. */
    void closeAtShim(String execId, Duration within) throws DavitException {
        CloseIORequest request =
                CloseIORequest.newBuilder()
                        .setId(id().id())
                        .setExecId(execId)
                        .setStdin(true)
                        .build();
        session.call("close stdin", TaskService.CLOSE_IO, request, within);
    }

    /** Asks the shim how a process is doing; of one that is known to have ended we know it. */
    ProcessStatus status(String execId, Duration within) throws DavitException {
        Optional<Exit> known = find(execId).flatMap(TaskProcess::exit);
        if (known.isPresent()) {
            return new ProcessStatus(execId, known.get().pid(), TaskState.STOPPED, known);
        }
        StateRequest request = StateRequest.newBuilder().setId(id().id()).setExecId(execId).build();
        try {
            return Values.status(
                    execId, session.call("ask state", TaskService.STATE, request, within));
        } catch (DavitException e) {
            Optional<TaskProcess> process = find(execId);
            if (e.kind() == Kind.NOT_IMPLEMENTED && process.isPresent()) {
                tellsNoState = true;
                return assumed(process.get());
            }
            throw e;
        }
    }

    /** How a process must be doing whose shim cannot say. */
    private static ProcessStatus assumed(TaskProcess process) {
        TaskState state = process.isStarted() ? TaskState.RUNNING : TaskState.CREATED;
        return new ProcessStatus(process.execId(), process.pid(), state, process.exit());
    }

    /**
     * A shim told the end of a process in an event. Its answer to the question that waits for the
     * end comes at the same time, if it has one. Otherwise it is asked after a while, and one that
     * cannot be asked is believed.
     */
    void toldEnd(String execId, Exit exit) {
        find(execId)
                .filter(process -> process.pid() == exit.pid() && process.announceEnd())
                .ifPresent(
                        process -> place.host().later(ASK_AGAIN, () -> verifyEnd(process, exit)));
    }

    private void verifyEnd(TaskProcess process, Exit exit) {
        ask(process);
        if (tellsNoState) {
            process.conclude(exit);
        }
    }

    /** A shim may have missed that its task ran out of memory; what it measures shows it. */
    @Override
    public CompletionStage<Exit> judge(TaskProcess process, Exit exit) {
        Optional<ShimLink> link = session.link();
        boolean unclear =
                process.execId().isEmpty() && exit.status() == KILLED && !killed && !outOfMemory;
        if (!unclear || link.isEmpty()) {
            return CompletableFuture.completedFuture(reasoned(process, exit));
        }
        StatsRequest request = StatsRequest.newBuilder().setId(id().id()).build();
        return link.get()
                .callAsync(TaskService.STATS, request, ASK)
                .handle(
                        (answer, thrown) -> {
                            if (answer != null && Metrics.oomKills(answer.getStats()) > 0) {
                                outOfMemory();
                            }
                            return reasoned(process, exit);
                        });
    }

    private Exit reasoned(TaskProcess process, Exit exit) {
        boolean oom = process.execId().isEmpty() && outOfMemory && exit.status() == KILLED;
        return oom ? Exit.because(exit.pid(), exit.status(), exit.at(), Exit.OOM) : exit;
    }

    @Override
    public void ended(TaskProcess process, Exit exit) {
        place.context().exited(process.execId(), exit);
    }

    /** The task is being killed on request, which explains its end. */
    void killed() {
        killed = true;
    }

    /** The task ran out of memory. */
    void outOfMemory() {
        outOfMemory = true;
        place.context().outOfMemory();
    }

    @Override
    public void linked() {
        processes.values().stream().filter(TaskProcess::isWatched).forEach(this::watch);
    }

    @Override
    public void reachable(boolean reachable) {
        place.context().reachable(reachable);
    }

    /** Ends what the dead shim watched over, tells it, and removes what is left. */
    @Override
    public void died() {
        LOG.warn("shim died: task={}", id());
        boolean clean = false;
        try {
            new DeadShim(this).bury();
            clean = true;
        } catch (DavitException | LinuxException e) {
            LOG.warn("dead shim left something behind: task={}", id(), e);
        } finally {
            burial.complete(clean);
        }
        reachable(true); // its task has ended, which is an answer
    }

    /** Waits until a dead shim was cleared away; returns whether nothing is left of it. */
    boolean awaitBurial(Duration within) throws InterruptedException {
        try {
            return burial.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Notes that processes ended with their shim. */
    void endAll(long pid, Instant at) {
        Exit lost = Exit.because(pid, KILLED, at, Exit.SHIM_LOST);
        find(ShimTask.INIT).ifPresent(init -> init.end(lost));
        for (TaskProcess process : processes.values()) {
            process.end(Exit.because(process.pid(), KILLED, at, Exit.SHIM_LOST));
        }
    }

    /** Lets go of everything but the shim itself. */
    void release() {
        place.host().remove(this);
        session.close();
        processes.values().forEach(TaskProcess::release);
        processes.values().forEach(process -> process.streams().close());
        if (log != null) {
            log.close();
        }
    }
}

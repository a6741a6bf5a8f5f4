package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.DeleteRequest;
import io.davit.shim.containerd.wire.Task.DeleteResponse;
import io.davit.shim.containerd.wire.Task.ShutdownRequest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Removes processes, the task and its shim. */
final class TaskEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TaskEnd.class);

    /** How long a reader of output may stand still before the rest is dropped. */
    private static final Duration STALL = Duration.ofSeconds(2);

    private static final Duration ASK = Duration.ofSeconds(2);

    /** How soon a shim without a task is gone, usually. */
    private static final Duration SOON = Duration.ofMillis(500);

    private final ShimState state;

    TaskEnd(ShimState state) {
        this.state = state;
    }

    /** Removes a process that has ended or was never started; for init the whole task. */
    Exit delete(String execId, Deadline deadline) throws DavitException {
        TaskProcess process = state.require(execId);
        String what = "delete: task=" + state.id() + " exec=" + execId;
        try {
            if (process.exit().isPresent()) {
                Duration half = deadline.remaining().dividedBy(2);
                process.streams().awaitOutput(STALL, half);
            }
            Exit exit = deleteAtShim(process, deadline);
            process.streams().remove();
            state.remove(process);
            state.record().forget(execId);
            if (execId.isEmpty()) {
                state.deleted();
            }
            return exit;
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
    }

    private Exit deleteAtShim(TaskProcess process, Deadline deadline)
            throws DavitException, InterruptedException {
        if (state.session().isDead()) {
            state.awaitBurial(deadline.remaining());
            Optional<Exit> known = process.exit();
            if (known.isPresent()) {
                return known.get();
            }
        }
        DeleteRequest request =
                DeleteRequest.newBuilder()
                        .setId(state.id().id())
                        .setExecId(process.execId())
                        .build();
        DeleteResponse answer =
                state.session().call("delete", TaskService.DELETE, request, deadline.remaining());
        if (!process.isStarted()) {
            return Exit.of(process.pid(), 0, Instant.now());
        }
        return process.exit()
                .orElseGet(() -> process.exit(answer.getExitStatus(), answer.getExitedAt()));
    }

    /** Ends the shim, whatever still runs in it; leaves nothing outside the bundle directory. */
    void close(Deadline deadline) throws DavitException, LinuxException {
        boolean clean = state.session().isDead() ? isBuried(deadline) : end(deadline);
        state.release();
        Leftovers leftovers = new Leftovers(state.place(), state.record());
        if (clean) {
            leftovers.removeSockets();
        } else {
            leftovers.remove(deadline);
        }
    }

    private boolean isBuried(Deadline deadline) throws DavitException {
        try {
            return state.awaitBurial(deadline.remaining().dividedBy(2));
        } catch (InterruptedException e) {
            throw Failures.interrupted("close shim: task=" + state.id());
        }
    }

    /** Has the shim end its task and then itself; returns whether it did both. */
    private boolean end(Deadline deadline) throws DavitException, LinuxException {
        boolean clean = state.isDeleted();
        boolean answers = true;
        try {
            clean = clean || endTask(deadline);
        } catch (DavitException e) {
            answers = isAnswer(e);
        }
        return answers && shutDown(deadline) && clean;
    }

    /** Says whether a failed call proves at least that the shim answers. */
    private boolean isAnswer(DavitException e) throws DavitException {
        if (e.kind() == Kind.CANCELLED) {
            throw e;
        }
        LOG.debug("shim does not delete its task: task={}", state.id(), e);
        return e.kind() != Kind.DEADLINE_EXCEEDED && e.kind() != Kind.UNAVAILABLE;
    }

    /** Has the shim end and delete the task; returns whether it did. */
    private boolean endTask(Deadline deadline) throws DavitException {
        boolean created = state.record().phase() == ShimRecord.Phase.CREATED;
        return !created || deleted(deadline) || killed(deadline) && deleted(deadline);
    }

    private boolean deleted(Deadline deadline) throws DavitException {
        DeleteRequest request = DeleteRequest.newBuilder().setId(state.id().id()).build();
        try {
            Duration within = shorter(ASK, deadline.remaining());
            state.session().call("delete", TaskService.DELETE, request, within);
            return true;
        } catch (DavitException e) {
            if (e.kind() == Kind.FAILED_PRECONDITION) {
                return false;
            }
            throw e;
        }
    }

    private boolean killed(Deadline deadline) throws DavitException {
        Optional<TaskProcess> init = state.find(ShimTask.INIT);
        if (init.isEmpty()) {
            return false;
        }
        new TaskKill(state).kill(ShimTask.INIT, Signal.KILL, KillScope.ALL, deadline);
        try {
            return init.get().await(shorter(ASK, deadline.remaining())).isPresent();
        } catch (InterruptedException e) {
            throw Failures.interrupted("close shim: task=" + state.id());
        }
    }

    /** Has the shim end itself; returns whether it is gone, or stays for other tasks. */
    private boolean shutDown(Deadline deadline) throws DavitException, LinuxException {
        ShutdownRequest request = ShutdownRequest.newBuilder().setId(state.id().id()).build();
        Duration patience =
                shorter(
                        state.place().host().settings().times().shutdown(),
                        deadline.remaining().dividedBy(2));
        boolean answered = true;
        state.session().expectEnd();
        try {
            state.session().call("shut down", TaskService.SHUTDOWN, request, patience);
        } catch (DavitException e) {
            answered = isAnswer(e) || e.kind() == Kind.UNAVAILABLE; // it may go before its answer
            patience = Failures.isAnswer(e) ? shorter(SOON, patience) : patience;
        }
        state.session().close();
        return answered && hasGone(patience);
    }

    private boolean hasGone(Duration within) throws LinuxException, DavitException {
        Path socket = state.session().target().socket();
        if (state.place().host().others(state, socket)) {
            return true;
        }
        Optional<HostProcess> shim = state.record().shim();
        try {
            return shim.isPresent() && shim.get().awaitEnd(shorter(SOON, within))
                    || Sharing.isShared(state.place().bundle().path(), socket)
                    || shim.isPresent() && shim.get().awaitEnd(within);
        } catch (InterruptedException e) {
            throw Failures.interrupted("close shim: task=" + state.id());
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

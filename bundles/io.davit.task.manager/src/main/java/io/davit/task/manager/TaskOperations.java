package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.shim.Shim;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TaskState;
import io.davit.api.task.UpdateTask;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** The operations on a task that is there: what its state allows, the shim's part, what is told. */
final class TaskOperations {
    private static final Logger LOG = LoggerFactory.getLogger(TaskOperations.class);

    private final TaskContext context;
    private final SpecRules rules;

    /** Looks for the shim of a task. */
    private final Consumer<TaskLife> seeking;

    TaskOperations(TaskContext context, SpecRules rules, Consumer<TaskLife> seeking) {
        this.context = context;
        this.rules = rules;
        this.seeking = seeking;
    }

    /** A signal and whom it reaches. */
    record Shot(Signal signal, KillScope scope) {}

    /** The shim; one that is not known is looked for, and waited for a little. */
    Shim shim(TaskLife life, Deadline deadline) throws DavitException {
        seek(life);
        return life.shim().require(deadline);
    }

    /** Has the shim looked for now, if it is not known. */
    void seek(TaskLife life) {
        if (life.shim().isSought()) {
            context.keeper().soon(() -> seeking.accept(life));
        }
    }

    long start(TaskLife life, String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        return life.order().run(deadline, () -> startInOrder(life, execId, deadline));
    }

    private long startInOrder(TaskLife life, String execId, Deadline deadline)
            throws DavitException {
        TaskState state = life.state(execId);
        if (!state.canStart()) {
            throw refused("start", life, state);
        }
        Shim shim = shim(life, deadline);
        life.beginStart(execId);
        try {
            long pid =
                    TaskCrashPoint.START_SENT.during(
                            () -> shim.start(execId, deadline.remaining()));
            life.started(execId, pid);
            return pid;
        } catch (DavitException e) {
            life.startFailed(execId);
            askLater(life, execId, e);
            throw e.during("start");
        }
    }

    /** After a start of unknown outcome the shim knows, and is asked. */
    private void askLater(TaskLife life, String execId, DavitException why) {
        boolean unknown =
                why.kind() == Kind.DEADLINE_EXCEEDED
                        || why.kind() == Kind.UNAVAILABLE
                        || why.kind() == Kind.CANCELLED;
        if (unknown) {
            context.keeper().soon(() -> ask(life, execId));
        }
    }

    private void ask(TaskLife life, String execId) {
        try {
            Deadline deadline = Deadline.in(context.settings().attach());
            life.order()
                    .run(
                            deadline,
                            () -> {
                                ProcessStatus status =
                                        shim(life, deadline).status(execId, deadline.remaining());
                                if (life.state(execId) == TaskState.CREATED
                                        && status.state() == TaskState.RUNNING) {
                                    life.started(execId, status.pid());
                                }
                                status.exit().ifPresent(exit -> life.exited(execId, exit));
                                return true;
                            });
        } catch (DavitException e) {
            LOG.warn("outcome of a start stays unknown: task={} exec={}", life.id(), execId, e);
        }
    }

    /** Does not wait for other operations: it may be what ends them. */
    void kill(TaskLife life, String execId, Shot shot, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        if (shot.scope() == KillScope.ALL && !execId.isEmpty()) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "only the init process reaches all: task=" + life.id() + " exec=" + execId);
        }
        if (!life.state(execId).canKill()) {
            return;
        }
        Shim shim = shim(life, deadline);
        try {
            TaskCrashPoint.KILL_SENT.during(
                    () -> {
                        shim.kill(execId, shot.signal(), shot.scope(), deadline.remaining());
                        return true;
                    });
        } catch (DavitException e) {
            boolean ended = e.kind() == Kind.NOT_FOUND && !life.state(execId).canKill();
            if (!ended) {
                throw e.during("kill");
            }
            LOG.debug("process ended before the signal: task={} exec={}", life.id(), execId, e);
        }
    }

    void pause(TaskLife life, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        life.order()
                .run(
                        deadline,
                        () -> {
                            TaskState state = life.state(ShimTask.INIT);
                            if (!state.canPause()) {
                                throw refused("pause", life, state);
                            }
                            Shim shim = shim(life, deadline);
                            life.state(ShimTask.INIT, TaskState.PAUSING);
                            TaskState after = TaskState.RUNNING;
                            try {
                                shim.pause(deadline.remaining());
                                after = TaskState.PAUSED;
                            } finally {
                                life.state(ShimTask.INIT, after);
                            }
                            life.tell(new TaskEvent.Paused(life.id(), Instant.now()));
                            return true;
                        });
    }

    void resume(TaskLife life, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        life.order()
                .run(
                        deadline,
                        () -> {
                            TaskState state = life.state(ShimTask.INIT);
                            if (!state.canResume()) {
                                throw refused("resume", life, state);
                            }
                            shim(life, deadline).resume(deadline.remaining());
                            life.state(ShimTask.INIT, TaskState.RUNNING);
                            life.tell(new TaskEvent.Resumed(life.id(), Instant.now()));
                            return true;
                        });
    }

    void exec(TaskLife life, ExecTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        if (request.execId().equals(life.id().id())) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "exec id is the id of the task: exec=" + Texts.quote(request.execId()));
        }
        rules.require(request);
        life.order()
                .run(
                        deadline,
                        () -> {
                            requireRoomFor(life, request);
                            shim(life, deadline).exec(request, deadline.remaining());
                            life.added(request.execId());
                            return true;
                        });
    }

    private void requireRoomFor(TaskLife life, ExecTask request) throws DavitException {
        TaskState state = life.state(ShimTask.INIT);
        if (!state.canExec()) {
            throw refused("exec", life, state);
        }
        if (life.has(request.execId())) {
            throw new DavitException(
                    Kind.ALREADY_EXISTS,
                    "exec exists: task=" + life.id() + " exec=" + request.execId());
        }
        if (life.execs() >= context.settings().execs()) {
            throw new DavitException(
                    Kind.RESOURCE_EXHAUSTED,
                    "task has the most execs it may have: task="
                            + life.id()
                            + " most="
                            + context.settings().execs());
        }
    }

    Exit deleteExec(TaskLife life, String execId, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        return life.order()
                .run(
                        deadline,
                        () -> {
                            TaskState state = life.state(execId);
                            if (!state.canDelete()) {
                                throw refused("delete exec", life, state);
                            }
                            Exit exit = deleteExecInShim(life, execId, deadline);
                            life.removed(execId, exit);
                            return exit;
                        });
    }

    private Exit deleteExecInShim(TaskLife life, String execId, Deadline deadline)
            throws DavitException {
        if (life.shim().isLost()) {
            return known(life, execId);
        }
        try {
            Exit exit = shim(life, deadline).delete(execId, deadline.remaining());
            return life.exit(execId).orElse(exit);
        } catch (DavitException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e.during("delete exec");
            }
            LOG.debug("shim knows nothing of the exec: task={} exec={}", life.id(), execId, e);
            return known(life, execId);
        }
    }

    private static Exit known(TaskLife life, String execId) {
        return life.exit(execId).orElseGet(() -> Exit.of(0, 0, Instant.now()));
    }

    void checkpoint(TaskLife life, CheckpointTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        life.order()
                .run(
                        deadline,
                        () -> {
                            TaskState state = life.state(ShimTask.INIT);
                            if (state != TaskState.RUNNING && state != TaskState.PAUSED) {
                                throw refused("checkpoint", life, state);
                            }
                            shim(life, deadline).checkpoint(request, deadline.remaining());
                            life.tell(
                                    new TaskEvent.Checkpointed(
                                            life.id(), Instant.now(), request.image()));
                            return true;
                        });
    }

    void update(TaskLife life, UpdateTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        rules.require(request);
        life.order()
                .run(
                        deadline,
                        () -> {
                            life.requirePresent();
                            shim(life, deadline).update(request, deadline.remaining());
                            return true;
                        });
    }

    TaskMetrics metrics(TaskLife life, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        TaskState state = life.state(ShimTask.INIT);
        if (state == TaskState.STOPPED) {
            throw refused("measure", life, state);
        }
        return shim(life, deadline).metrics(deadline.remaining());
    }

    private static DavitException refused(String what, TaskLife life, TaskState state) {
        return new DavitException(
                Kind.FAILED_PRECONDITION,
                "cannot " + what + ": task=" + life.id() + " state=" + state);
    }
}

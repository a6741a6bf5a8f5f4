package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.TaskState;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.KillRequest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;

/**
 * Sends signals. SIGKILL to the init process always ends it: if the shim does not do its part, the
 * process is killed without it, and then the shim, whose end ends the task.
 */
final class TaskKill {
    private static final Logger LOG = LoggerFactory.getLogger(TaskKill.class);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final ShimState state;

    TaskKill(ShimState state) {
        this.state = state;
    }

    void kill(String execId, Signal signal, KillScope scope, Deadline deadline)
            throws DavitException {
        TaskProcess process = state.require(execId);
        if (!execId.isEmpty() && scope == KillScope.ALL) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "a signal to all goes to the first process: task="
                            + state.id()
                            + " exec="
                            + execId);
        }
        if (process.exit().isPresent()) {
            return;
        }
        if (signal.equals(Signal.KILL)) {
            state.killed();
        }
        boolean escalates = signal.equals(Signal.KILL) && execId.isEmpty();
        Duration patience = state.place().host().settings().times().kill();
        try {
            Duration left = deadline.remaining();
            boolean shorter = escalates && patience.compareTo(left) < 0;
            ask(execId, signal, scope, shorter ? patience : left);
        } catch (DavitException e) {
            boolean silent = e.kind() == Kind.DEADLINE_EXCEEDED || e.kind() == Kind.UNAVAILABLE;
            if (e.kind() == Kind.NOT_FOUND) {
                requireEnded(process, e, deadline);
            } else if (escalates && silent) {
                withoutShim(process);
            } else {
                throw e;
            }
        }
    }

    private void ask(String execId, Signal signal, KillScope scope, Duration within)
            throws DavitException {
        KillRequest request =
                KillRequest.newBuilder()
                        .setId(state.id().id())
                        .setExecId(execId)
                        .setSignal(signal.number())
                        .setAll(scope == KillScope.ALL)
                        .build();
        state.session().call("kill", TaskService.KILL, request, within);
    }

    /** A shim calls a process that has ended not found, and one that it does not know as well. */
    private void requireEnded(TaskProcess process, DavitException why, Deadline deadline)
            throws DavitException {
        TaskState now = state.status(process.execId(), deadline.remaining()).state();
        if (now != TaskState.STOPPED) {
            throw why;
        }
    }

    private void withoutShim(TaskProcess init) throws DavitException {
        LOG.warn("shim does not kill, done without it: task={}", state.id());
        try {
            Optional<HostProcess> process = state.record().init();
            boolean ended = process.isPresent() && process.get().kill(SHORT);
            boolean told = init.await(SHORT).isPresent();
            Optional<HostProcess> shim = state.record().shim();
            if (!(ended && told) && shim.isPresent()) {
                LOG.warn("shim is killed: task={} shim={}", state.id(), shim.get());
                shim.get().kill(SHORT);
            }
        } catch (LinuxException e) {
            throw Failures.of("kill: task=" + state.id(), e);
        } catch (InterruptedException e) {
            throw Failures.interrupted("kill: task=" + state.id());
        }
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskState;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.DeleteRequest;
import io.davit.shim.containerd.wire.Task.ShutdownRequest;
import io.davit.spi.shim.ShimContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Finds a shim again by what its bundle directory says, or takes away what a dead one left. */
final class ShimRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(ShimRecovery.class);
    private static final Duration ASK = Duration.ofSeconds(2);

    private final TaskPlace place;
    private final Deadline deadline;

    ShimRecovery(Host host, ShimContext context, Deadline deadline) {
        this.place = TaskPlace.of(host, context);
        this.deadline = deadline;
    }

    /**
     * Finds the shim again.
     *
     * @throws DavitException {@code NOT_FOUND} if it is proven dead, or never had the task; {@code
     *     UNAVAILABLE} if it does not answer
     */
    ShimState recover() throws DavitException {
        try {
            ShimRecord record = ShimRecord.read(place.files()).orElseThrow(this::neverStarted);
            ShimAnswer answer = answer().orElseThrow(this::neverStarted);
            Path socket = answer.socket().orElseThrow(this::neverStarted);
            return find(record, new ShimLink.Target(socket, answer.version()));
        } catch (LinuxException e) {
            throw Failures.of("recover: task=" + place.id(), e);
        }
    }

    private DavitException neverStarted() {
        return new DavitException(
                Kind.NOT_FOUND, "shim was never started whole: task=" + place.id());
    }

    /** Reads where the shim answers; an older one may have told its directory and nobody else. */
    private Optional<ShimAnswer> answer() throws LinuxException {
        Optional<ShimAnswer> recorded = Sharing.answer(place.files());
        return recorded.isPresent()
                ? recorded
                : place.files()
                        .read(BundleFiles.ADDRESS)
                        .filter(address -> !address.isBlank())
                        .map(
                                address ->
                                        new ShimAnswer(
                                                TaskService.OLDEST, address.strip(), Map.of()));
    }

    private ShimState find(ShimRecord record, ShimLink.Target target)
            throws DavitException, LinuxException {
        PipeReader log = log();
        ShimState state = new ShimState(place, record, target, log);
        boolean found = false;
        try {
            ShimLink link = state.session().open(deadline);
            link.shim().ifPresent(record::shim);
            adopt(state);
            place.host().add(state);
            found = true;
            return state;
        } finally {
            if (!found) {
                state.release();
            }
        }
    }

    /** Reads the log first: a shim that waits for a reader answers nobody. */
    private PipeReader log() throws LinuxException {
        Path path = place.files().path(BundleFiles.LOG);
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                ? LogPipe.open(place.host(), place.id(), place.files())
                : null;
    }

    private void adopt(ShimState state) throws DavitException, LinuxException {
        ProcessStatus init = status(state, ShimTask.INIT);
        adopt(state, init);
        for (String execId : state.record().processes()) {
            if (!execId.isEmpty()) {
                adoptExec(state, execId);
            }
        }
    }

    private ProcessStatus status(ShimState state, String execId) throws DavitException {
        try {
            return state.status(execId, deadline.remaining());
        } catch (DavitException e) {
            if (e.kind() == Kind.DEADLINE_EXCEEDED) {
                throw new DavitException(
                        Kind.UNAVAILABLE, "shim does not answer: task=" + place.id(), e);
            }
            throw e;
        }
    }

    private void adoptExec(ShimState state, String execId) throws DavitException, LinuxException {
        try {
            adopt(state, status(state, execId));
        } catch (DavitException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            LOG.debug("exec is gone: task={} exec={}", place.id(), execId, e);
            state.record().forget(execId);
        }
    }

    private void adopt(ShimState state, ProcessStatus status) throws LinuxException {
        String execId = status.execId();
        ProcessStreams streams =
                ProcessStreams.reopen(
                        place.host(), place.files(), execId, state.record().streams(execId));
        TaskProcess process = state.add(execId, streams);
        process.pid(status.pid());
        if (status.state() != TaskState.CREATED) {
            process.started(status.pid());
        }
        state.begin(process);
        if (status.exit().isPresent()) {
            process.end(status.exit().get());
        } else if (execId.isEmpty() || process.isStarted()) {
            state.watch(process);
        }
    }

    /**
     * Takes away what is left of a task, its shim included if that lives.
     *
     * @return how the task ended, if that can still be known
     */
    Optional<Exit> cleanUp() throws DavitException {
        try {
            Optional<ShimRecord> record = ShimRecord.read(place.files());
            Optional<Exit> told = record.isEmpty() ? Optional.empty() : endAtShim();
            Leftovers leftovers =
                    new Leftovers(
                            place, record.orElseGet(() -> ShimRecord.begin(place.files(), "")));
            Optional<Exit> found = leftovers.remove(deadline);
            return told.or(() -> found);
        } catch (LinuxException e) {
            throw Failures.of("clean up: task=" + place.id(), e);
        }
    }

    /** A shim that still answers knows how its task ended. */
    private Optional<Exit> endAtShim() throws LinuxException, DavitException {
        Optional<ShimAnswer> answer = answer();
        Optional<Path> socket = answer.flatMap(ShimAnswer::socket);
        if (socket.isEmpty()) {
            return Optional.empty();
        }
        ShimLink.Target target = new ShimLink.Target(socket.get(), answer.get().version());
        Deadline own = Deadline.in(shorter(ASK, deadline.remaining()));
        try (ShimLink link = ShimLink.connect(place.host(), place.id(), target, own, why -> {})) {
            Optional<Exit> exit = deleted(link, own);
            ShutdownRequest shutdown = ShutdownRequest.newBuilder().setId(place.id().id()).build();
            link.call("shut down", TaskService.SHUTDOWN, shutdown, own.remaining());
            return exit;
        } catch (DavitException e) {
            if (e.kind() == Kind.CANCELLED) {
                throw e;
            }
            LOG.debug("shim does not clean up itself: task={}", place.id(), e);
            return Optional.empty();
        }
    }

    private Optional<Exit> deleted(ShimLink link, Deadline own) throws DavitException {
        DeleteRequest request = DeleteRequest.newBuilder().setId(place.id().id()).build();
        try {
            var answer = link.call("delete", TaskService.DELETE, request, own.remaining());
            return Optional.of(
                    Exit.of(
                            Integer.toUnsignedLong(answer.getPid()),
                            answer.getExitStatus(),
                            TaskProcess.time(answer.getExitedAt())));
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;
import io.davit.spi.shim.ShimContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Starts the shim of a task: runs its binary, checks what it answers, connects. All or nothing.
 *
 * <p>What is about to be done is on the disk before it is done, so that a successor can undo it.
 */
final class ShimStart {
    private static final Logger LOG = LoggerFactory.getLogger(ShimStart.class);

    /** How long a shim that lives may take to listen after it told its address. */
    private static final Duration NOT_YET = Duration.ofSeconds(3);

    private static final long PAUSE_MILLIS = 20;

    private final TaskPlace place;
    private final Deadline deadline;
    private final ShimRecord record;

    ShimStart(Host host, ShimContext context, Deadline deadline) {
        this.place = TaskPlace.of(host, context);
        this.deadline = deadline;
        this.record = ShimRecord.begin(place.files(), UUID.randomUUID().toString());
    }

    /** Starts a shim of a binary. */
    ShimState start(ShimBinary binary) throws DavitException {
        String what = "start shim: task=" + place.id();
        PipeReader log = null;
        ShimState started = null;
        try {
            place.files().remove(BundleFiles.BOOTSTRAP);
            place.files().write(BundleFiles.BINARY, binary.path().toString());
            RuncOptions.prepare(place, binary);
            record.write();
            place.files().makeFifo(BundleFiles.LOG);
            log = LogPipe.open(place.host(), place.id(), place.files());
            ShimAnswer answer = run(binary);
            started = connect(answer, log);
            return started;
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } finally {
            if (started == null) {
                undo(log);
            }
        }
    }

    /** Joins the shim of another task, which speaks version 3, without running its binary. */
    Optional<ShimState> join(String sandbox, ShimBinary binary) throws DavitException {
        Path other = place.bundle().path().resolveSibling(sandbox);
        Optional<ShimAnswer> answer = Sharing.answer(new BundleFiles(other));
        if (answer.isEmpty()) {
            throw new DavitException(
                    Kind.NOT_FOUND, "no shim to join: task=" + place.id() + " sandbox=" + sandbox);
        }
        if (answer.get().version() < TaskService.NEWEST) {
            return Optional.empty();
        }
        ShimState joined = null;
        try {
            place.files().write(BundleFiles.SANDBOX, sandbox);
            RuncOptions.prepare(place, binary);
            record.write();
            Path socket = place.address().requireShared(answer.get());
            joined =
                    connect(
                            new ShimLink.Target(socket, answer.get().version()),
                            answer.get(),
                            null);
            return Optional.of(joined);
        } catch (LinuxException e) {
            throw Failures.of("join shim: task=" + place.id(), e);
        } finally {
            if (joined == null) {
                forget(
                        BundleFiles.SANDBOX,
                        BundleFiles.OPTIONS,
                        BundleFiles.BOOTSTRAP,
                        ShimRecord.FILE);
            }
        }
    }

    /** Runs the binary with the input it is known to take, or with each until it takes one. */
    private ShimAnswer run(ShimBinary binary) throws DavitException, LinuxException {
        KnownBinaries known = place.host().binaries();
        BinaryFacts facts = known.facts(binary, deadline);
        List<StartInput> inputs =
                known.input(binary)
                        .map(List::of)
                        .orElseGet(() -> StartInput.order(facts.generation()));
        StringBuilder failures = new StringBuilder();
        for (StartInput input : inputs) {
            HelperProcess.Result result = run(binary, input);
            if (result.code() == 0) {
                if (!result.err().isEmpty()) {
                    LOG.warn(
                            "shim says: task={} said={}", place.id(), Failures.quote(result.err()));
                }
                ShimAnswer answer = ShimAnswer.parse(result.out());
                known.started(binary, input, BinaryFacts.mounts(answer.metadata()));
                return answer;
            }
            failures.append(" exit=").append(result.code());
            failures.append(" said=").append(Failures.quote(result.err()));
            place.files().remove(BundleFiles.ADDRESS); // older shims leave it even then
        }
        throw new DavitException(
                Kind.INTERNAL, "shim does not start: task=" + place.id() + failures);
    }

    private HelperProcess.Result run(ShimBinary binary, StartInput input) throws DavitException {
        byte[] bytes =
                input.bytes(place.host().settings(), place.bundle(), place.context().options());
        HelperProcess call =
                place.host().invocation().start(binary, place.bundle(), record.token(), bytes);
        return place.host().helpers().run(call, "start action: task=" + place.id(), deadline);
    }

    /** Connects, and waits a little for a shim that is not listening yet but lives. */
    private ShimState connect(ShimAnswer answer, PipeReader log)
            throws DavitException, LinuxException {
        Path socket = ShimAddress.named(answer.address());
        Deadline patience = Deadline.in(NOT_YET);
        while (true) {
            boolean settled = Files.exists(socket, LinkOption.NOFOLLOW_LINKS);
            try {
                place.address().require(socket, answer.address(), record.token());
                return connect(new ShimLink.Target(socket, answer.version()), answer, log);
            } catch (DavitException e) {
                settled &= e.kind() != Kind.NOT_FOUND && place.address().isPlace(socket);
                boolean over = patience.isOver() || deadline.isOver();
                if (settled || over || TokenSearch.find(record.token()).isEmpty()) {
                    throw e;
                }
            }
            pause();
        }
    }

    private void pause() throws DavitException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw Failures.interrupted("start shim: task=" + place.id());
        }
    }

    private ShimState connect(ShimLink.Target target, ShimAnswer answer, PipeReader log)
            throws DavitException, LinuxException {
        ShimState state = new ShimState(place, record, target, log);
        boolean connected = false;
        try {
            ShimLink link = state.session().open(deadline);
            Optional<HostProcess> shim = shim(link, target.socket());
            if (shim.isPresent()) {
                requireOurs(shim.get());
                record.shim(shim.get());
            }
            record.phase(ShimRecord.Phase.STARTED);
            record.write();
            place.files().write(BundleFiles.BOOTSTRAP, answer.toJson());
            place.host().add(state);
            connected = true;
            return state;
        } finally {
            if (!connected) {
                state.session().close();
            }
        }
    }

    /** The shim's process: as it says itself, or else as it is found. */
    private Optional<HostProcess> shim(ShimLink link, Path socket) throws LinuxException {
        return link.shim().isPresent() ? link.shim() : SocketHolder.find(socket, record.token());
    }

    /** A shim that was started for another task may be ours only if the two share one. */
    private void requireOurs(HostProcess shim) throws DavitException {
        Optional<String> token = TokenSearch.tokenOf(shim.pid());
        boolean foreign = token.isPresent() && !token.get().equals(record.token());
        boolean grouped =
                place.context().sandbox().isPresent() || place.address().group().isPresent();
        if (foreign && !grouped) {
            throw Failures.protocol(
                    "shim of another task answered: task=" + place.id() + " shim=" + shim);
        }
    }

    /** Kills what was started and takes away what it made, in the time that undoing has. */
    private void undo(PipeReader log) {
        boolean interrupted = Thread.interrupted();
        try {
            new Leftovers(place, record)
                    .remove(Deadline.in(place.host().settings().times().cleanUp()));
        } catch (DavitException e) {
            LOG.warn("failed start left something behind: task={}", place.id(), e);
        } finally {
            if (log != null) {
                log.close();
            }
            forget(
                    BundleFiles.LOG,
                    BundleFiles.ADDRESS,
                    BundleFiles.BOOTSTRAP,
                    BundleFiles.BINARY,
                    BundleFiles.OPTIONS,
                    ShimRecord.FILE);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void forget(String... names) {
        for (String name : names) {
            try {
                place.files().remove(name);
            } catch (LinuxException e) {
                LOG.warn("file not removed: task={} name={}", place.id(), name, e);
            }
        }
    }
}

package io.davit.shim.containerd;

import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.MountEntry;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;
import io.davit.shim.containerd.wire.Task.DeleteResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a dead shim leaves: helpers that still run, the container, mounts, sockets. Removing it can
 * be repeated.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final int DETACH = 2;
    private static final Duration KILL = Duration.ofSeconds(1);

    private final TaskPlace place;
    private final ShimRecord record;

    Leftovers(TaskPlace place, ShimRecord record) {
        this.place = place;
        this.record = record;
    }

    /**
     * Removes everything.
     *
     * @return how the container ended, if the shim's binary could tell
     * @throws DavitException if something is left
     */
    Optional<Exit> remove(Deadline deadline) throws DavitException {
        try {
            killHelpers();
            Optional<Exit> exit = Optional.empty();
            if (record.phase() == ShimRecord.Phase.CREATED) {
                exit = deleteContainer(deadline);
            }
            killInit();
            unmountRootfs();
            removeSockets();
            return exit;
        } catch (LinuxException e) {
            throw Failures.of("clean up: task=" + place.id(), e);
        } catch (InterruptedException e) {
            throw Failures.interrupted("clean up: task=" + place.id());
        }
    }

    /** Kills what was started for this task alone: its shim if it lives, and what that started. */
    private void killHelpers() throws LinuxException, InterruptedException {
        Optional<Path> socket = Sharing.answer(place.files()).flatMap(ShimAnswer::socket);
        boolean shared =
                socket.isPresent() && Sharing.isShared(place.bundle().path(), socket.get());
        if (record.token().isEmpty() || shared) {
            return;
        }
        for (HostProcess process : TokenSearch.find(record.token())) {
            LOG.info("process of a shim is killed: task={} process={}", place.id(), process);
            process.kill(KILL);
        }
    }

    /** Has the shim's binary remove the container; without it the OCI runtime is asked itself. */
    private Optional<Exit> deleteContainer(Deadline deadline) throws DavitException {
        try {
            ShimBinary binary = binary();
            HelperProcess call = place.host().invocation().delete(binary, place.bundle(), "delete");
            String what = "delete action: task=" + place.id();
            HelperProcess.Result result = place.host().helpers().run(call, what, deadline);
            if (result.code() == 0) {
                return exit(result.out());
            }
            LOG.warn("{}: exit={} said={}", what, result.code(), Failures.quote(result.err()));
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("answer of the delete action is no message: task={}", place.id(), e);
            return Optional.empty();
        } catch (DavitException e) {
            if (deadline.isOver()) {
                throw e;
            }
            LOG.warn("delete action failed: task={}", place.id(), e);
        }
        new OrphanedContainer(place).delete(deadline);
        return Optional.empty();
    }

    private ShimBinary binary() throws DavitException {
        try {
            Optional<String> recorded = place.files().read(BundleFiles.BINARY);
            if (recorded.isPresent() && Files.isExecutable(Path.of(recorded.get()))) {
                return ShimBinary.require(Path.of(recorded.get()));
            }
        } catch (LinuxException e) {
            LOG.debug("binary of the shim is not recorded: task={}", place.id(), e);
        }
        return new BinarySearch(place.host().settings()).require(place.context().runtime());
    }

    /** A binary that says nothing does not say that all went well. */
    private static Optional<Exit> exit(byte[] said) throws InvalidProtocolBufferException {
        if (said.length == 0) {
            return Optional.empty();
        }
        DeleteResponse answer = DeleteResponse.parseFrom(said);
        return Optional.of(
                Exit.because(
                        Integer.toUnsignedLong(answer.getPid()),
                        answer.getExitStatus(),
                        TaskProcess.time(answer.getExitedAt()),
                        Exit.SHIM_LOST));
    }

    /** Whatever else failed: the process we know of does not outlive its task. */
    private void killInit() throws LinuxException, InterruptedException {
        if (record.init().isPresent()) {
            record.init().get().kill(KILL);
        }
    }

    /** Undoes mounts of the shim at the root filesystem, the last one first. */
    private void unmountRootfs() throws LinuxException {
        String rootfs = place.bundle().rootfs().toString();
        List<String> mounted = new ArrayList<>();
        for (MountEntry entry : MountTable.read().entries()) {
            String point = entry.mountPoint();
            if (point.equals(rootfs) || point.startsWith(rootfs + "/")) {
                mounted.add(point);
            }
        }
        Collections.reverse(mounted);
        for (String point : mounted) {
            unmount(point);
        }
    }

    private void unmount(String point) throws LinuxException {
        try {
            Mounts.unmount(point, 0);
        } catch (LinuxException e) {
            if (!e.is(Errno.EBUSY)) {
                throw e;
            }
            LOG.warn("mount is busy, detached: task={} mount={}", place.id(), point);
            Mounts.unmount(point, DETACH);
        }
    }

    /** Removes the sockets a shim of this task may have made, if nobody listens there. */
    void removeSockets() {
        List<Path> sockets = new ArrayList<>(place.address().expected());
        Sharing.answer(place.files())
                .flatMap(ShimAnswer::socket)
                .filter(socket -> !sockets.contains(socket))
                .ifPresent(sockets::add);
        sockets.forEach(Leftovers::removeIfDead);
    }

    /** Removes a socket, if it is one at which nobody listens. */
    static void removeIfDead(Path socket) {
        try {
            boolean isSocket =
                    Boolean.TRUE.equals(
                            Files.getAttribute(socket, "unix:isOther", LinkOption.NOFOLLOW_LINKS));
            if (isSocket && isRefused(socket)) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException ignored) {
            // there is none
        }
    }

    private static boolean isRefused(Path socket) throws IOException {
        try (SocketChannel probe = SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(socket));
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }
}

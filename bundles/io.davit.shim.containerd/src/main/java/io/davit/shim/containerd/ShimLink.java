package io.davit.shim.containerd;

import com.google.protobuf.MessageLite;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.api.task.TaskId;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.ConnectRequest;
import io.davit.shim.containerd.wire.Task.ConnectResponse;
import io.davit.ttrpc.CallOptions;
import io.davit.ttrpc.Metadata;
import io.davit.ttrpc.TtrpcClient;
import io.davit.ttrpc.TtrpcException;
import io.davit.ttrpc.TtrpcMethod;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One connection to the shim of a task, in the version of the task service it speaks. */
final class ShimLink implements AutoCloseable {
    private static final String NAMESPACE = "containerd-namespace-ttrpc";

    private final TaskId task;
    private final TtrpcClient client;
    private final Metadata metadata;
    private final String service;
    private final Optional<HostProcess> shim;

    private ShimLink(TaskId task, TtrpcClient client, String service, Optional<HostProcess> shim) {
        this.task = task;
        this.client = client;
        this.metadata = Metadata.of(NAMESPACE, task.namespace().toString());
        this.service = service;
        this.shim = shim;
    }

    /**
     * Connects to a shim and has it say who it is, if it can.
     *
     * @param version of the task service it told; another one is used if it does not speak that
     * @param onClose told when the connection ends, on a thread that must not be blocked
     * @throws DavitException {@code NOT_FOUND} if nobody listens there, which proves it dead;
     *     {@code UNAVAILABLE} if it does not answer; {@code PERMISSION_DENIED} if it is somebody
     *     else's
     */
    static ShimLink connect(
            Host host,
            TaskId task,
            Target target,
            Deadline deadline,
            Consumer<TtrpcException> onClose)
            throws DavitException {
        TtrpcClient client = open(host, task, target.socket(), deadline, onClose);
        ShimLink link = null;
        try {
            link = in(task, client, target.version()).introduce(target, deadline);
            return link;
        } finally {
            if (link == null) {
                client.close();
            }
        }
    }

    /**
     * Where a shim is.
     *
     * @param socket its socket
     * @param version of the task service it told
     */
    record Target(Path socket, int version) {}

    private static TtrpcClient open(
            Host host,
            TaskId task,
            Path socket,
            Deadline deadline,
            Consumer<TtrpcException> onClose)
            throws DavitException {
        String what = "connect to shim: task=" + task + " socket=" + socket;
        try {
            return TtrpcClient.builder()
                    .loop(host.loop())
                    .connectWithin(deadline.remaining())
                    .onClose(onClose)
                    .connect(socket);
        } catch (NoSuchFileException | ConnectException e) {
            throw new DavitException(Kind.NOT_FOUND, what + ": nobody listens", e);
        } catch (SocketTimeoutException e) {
            throw new DavitException(Kind.UNAVAILABLE, what + ": nobody accepts", e);
        } catch (java.nio.channels.ClosedByInterruptException e) {
            throw Failures.interrupted(what);
        } catch (IOException e) {
            throw new DavitException(Kind.PERMISSION_DENIED, what + ": " + e.getMessage(), e);
        }
    }

    private static ShimLink in(TaskId task, TtrpcClient client, int version) {
        return new ShimLink(task, client, TaskService.name(version), Optional.empty());
    }

    /** A shim may know the other version of the service alone, and may not know this question. */
    private ShimLink introduce(Target target, Deadline deadline) throws DavitException {
        DavitException first;
        try {
            return with(ask(deadline));
        } catch (DavitException e) {
            first = requireAnswer(e);
        }
        int version =
                target.version() == TaskService.NEWEST ? TaskService.OLDEST : TaskService.NEWEST;
        ShimLink other = in(task, client, version);
        try {
            return other.with(other.ask(deadline));
        } catch (DavitException e) {
            DavitException second = requireAnswer(e);
            return namesService(first) && !namesService(second) ? other : this;
        }
    }

    private static DavitException requireAnswer(DavitException e) throws DavitException {
        if (!Failures.isAnswer(e)) {
            throw e;
        }
        return e;
    }

    /** Says whether it is the service that is unknown, rather than its method. */
    private static boolean namesService(DavitException e) {
        return e.kind() == Kind.NOT_IMPLEMENTED
                && !e.getMessage().contains(TaskService.CONNECT.name());
    }

    private ConnectResponse ask(Deadline deadline) throws DavitException {
        ConnectRequest request = ConnectRequest.newBuilder().setId(task.id()).build();
        try {
            return call("ask shim", TaskService.CONNECT, request, deadline.remaining());
        } catch (DavitException e) {
            if (e.kind() == Kind.DEADLINE_EXCEEDED) {
                throw new DavitException(Kind.UNAVAILABLE, "shim does not answer: task=" + task, e);
            }
            throw e;
        }
    }

    private ShimLink with(ConnectResponse answer) throws DavitException {
        long pid = Integer.toUnsignedLong(answer.getShimPid());
        try {
            return new ShimLink(task, client, service, HostProcess.of(pid));
        } catch (LinuxException e) {
            throw Failures.of("look at shim: task=" + task, e);
        }
    }

    /** The shim's own process, if it told one that lives. */
    Optional<HostProcess> shim() {
        return shim;
    }

    boolean isOpen() {
        return client.isOpen();
    }

    /** Makes a call and waits for its answer. */
    <Q extends MessageLite, A extends MessageLite> A call(
            String what, TtrpcMethod<Q, A> method, Q request, Duration within)
            throws DavitException {
        String step = what + ": task=" + task;
        try {
            CallOptions options = CallOptions.within(within).with(metadata);
            return client.call(method.in(service), request, options);
        } catch (TtrpcException e) {
            throw Failures.of(step, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted(step);
        }
    }

    /** Makes a call that has no time limit; completed by a thread that must not be blocked. */
    <Q extends MessageLite, A extends MessageLite> CompletableFuture<A> callAsync(
            TtrpcMethod<Q, A> method, Q request) {
        return client.callAsync(method.in(service), request, CallOptions.NONE.with(metadata));
    }

    /** Makes a call; completed by a thread that must not be blocked. */
    <Q extends MessageLite, A extends MessageLite> CompletableFuture<A> callAsync(
            TtrpcMethod<Q, A> method, Q request, Duration within) {
        CallOptions options = CallOptions.within(within).with(metadata);
        return client.callAsync(method.in(service), request, options);
    }

    @Override
    public void close() {
        client.close();
    }
}

package io.davit.shim.containerd;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;
import io.davit.api.names.Texts;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.shim.containerd.wire.Events.TaskExit;
import io.davit.shim.containerd.wire.Events.TaskNamed;
import io.davit.shim.containerd.wire.Forwarding.ForwardRequest;
import io.davit.shim.containerd.wire.Types.Envelope;
import io.davit.ttrpc.ServerContext;
import io.davit.ttrpc.TtrpcMethod;
import io.davit.ttrpc.TtrpcServer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes the events that shims send.
 *
 * <p>What a process's end was is asked of the shim itself; the event is believed when there is no
 * answer. Besides, only that of memory is acted on; the others are checked and counted. A shim may
 * speak of tasks that it has, and of no others: a connection that once spoke of a task belongs to
 * that task's shim. Events that are not accepted are dropped and answered as well, because a shim
 * repeats what is not answered.
 */
final class EventService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventService.class);
    private static final int LARGEST = 64 << 10;
    private static final Duration AGAIN = Duration.ofMillis(250);
    private static final String OUT_OF_MEMORY = "/tasks/oom";
    private static final String EXIT = "/tasks/exit";

    private static final TtrpcMethod<ForwardRequest, Empty> FORWARD =
            TtrpcMethod.unary(
                    "containerd.services.events.ttrpc.v1.Events",
                    "Forward",
                    ForwardRequest.getDefaultInstance(),
                    Empty.getDefaultInstance());

    /** Each topic with the message that goes with it. */
    private static final Map<String, String> TOPICS =
            Map.of(
                    "/tasks/create",
                    "TaskCreate",
                    "/tasks/start",
                    "TaskStart",
                    EXIT,
                    "TaskExit",
                    "/tasks/delete",
                    "TaskDelete",
                    "/tasks/exec-added",
                    "TaskExecAdded",
                    "/tasks/exec-started",
                    "TaskExecStarted",
                    "/tasks/paused",
                    "TaskPaused",
                    "/tasks/resumed",
                    "TaskResumed",
                    OUT_OF_MEMORY,
                    "TaskOOM",
                    "/tasks/checkpointed",
                    "TaskCheckpointed");

    private static final CompletionStage<Empty> ANSWER =
            CompletableFuture.completedFuture(Empty.getDefaultInstance());

    private final Host host;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    /** Which shim a connection belongs to: the socket it answers at. */
    private final Map<Object, Path> owners = Collections.synchronizedMap(new WeakHashMap<>());

    /** {@code null} until it listens. Guarded by this. */
    private TtrpcServer server;

    /** Guarded by this. */
    private boolean closed;

    EventService(Host host) {
        this.host = host;
    }

    /** Begins to listen, or tries again until a predecessor has let go of the socket. */
    synchronized void open() {
        if (closed) {
            return;
        }
        try {
            server =
                    TtrpcServer.builder()
                            .async(FORWARD, this::forward)
                            .loop(host.loop())
                            .executor(host.work())
                            .listen(host.settings().events());
        } catch (IOException e) {
            LOG.debug("socket for events is taken: socket={}", host.settings().events(), e);
            host.later(AGAIN, this::open);
        }
    }

    long accepted() {
        return accepted.sum();
    }

    long dropped() {
        return dropped.sum();
    }

    private CompletionStage<Empty> forward(ForwardRequest request, ServerContext context) {
        Envelope envelope = request.getEnvelope();
        Optional<ShimState> task = accept(envelope, context.connection());
        if (task.isEmpty()) {
            dropped.increment();
            LOG.debug(
                    "event dropped: topic={} namespace={}",
                    Texts.quote(envelope.getTopic()),
                    Texts.quote(envelope.getNamespace()));
        } else {
            accepted.increment();
            act(task.get(), envelope);
        }
        return ANSWER;
    }

    private static void act(ShimState task, Envelope envelope) {
        if (envelope.getTopic().equals(OUT_OF_MEMORY)) {
            task.outOfMemory();
        } else if (envelope.getTopic().equals(EXIT)) {
            try {
                ended(task, TaskExit.parseFrom(envelope.getEvent().getValue()));
            } catch (InvalidProtocolBufferException e) {
                LOG.debug("event is no message: task={}", task.id(), e);
            }
        }
    }

    private static void ended(ShimState task, TaskExit event) {
        String execId = event.getId().equals(event.getContainerId()) ? "" : event.getId();
        Exit exit =
                Exit.of(
                        Integer.toUnsignedLong(event.getPid()),
                        event.getExitStatus(),
                        TaskProcess.time(event.getExitedAt()));
        task.toldEnd(execId, exit);
    }

    private Optional<ShimState> accept(Envelope envelope, Object connection) {
        String message = TOPICS.get(envelope.getTopic());
        boolean ofItsTopic =
                envelope.getEvent().getTypeUrl().equals("containerd.events." + message);
        if (message == null || !ofItsTopic || envelope.getEvent().getValue().size() > LARGEST) {
            return Optional.empty();
        }
        try {
            String id = TaskNamed.parseFrom(envelope.getEvent().getValue()).getContainerId();
            TaskId task = new TaskId(new Namespace(envelope.getNamespace()), id);
            return host.find(task).filter(state -> isOwner(state, connection));
        } catch (InvalidProtocolBufferException | DavitException e) {
            return Optional.empty();
        }
    }

    private boolean isOwner(ShimState state, Object connection) {
        Path socket = state.session().target().socket();
        Path before = owners.putIfAbsent(connection, socket);
        return before == null || before.equals(socket);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.close();
        }
    }
}

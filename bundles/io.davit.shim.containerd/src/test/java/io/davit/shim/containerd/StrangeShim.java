package io.davit.shim.containerd;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;

import io.davit.oci.Json;
import io.davit.oci.JsonObject;
import io.davit.shim.containerd.wire.Events.TaskExit;
import io.davit.shim.containerd.wire.Forwarding.ForwardRequest;
import io.davit.shim.containerd.wire.Task.ConnectResponse;
import io.davit.shim.containerd.wire.Task.CreateTaskRequest;
import io.davit.shim.containerd.wire.Task.CreateTaskResponse;
import io.davit.shim.containerd.wire.Task.DeleteResponse;
import io.davit.shim.containerd.wire.Task.StartResponse;
import io.davit.shim.containerd.wire.Task.StateResponse;
import io.davit.shim.containerd.wire.Task.WaitResponse;
import io.davit.shim.containerd.wire.TaskTypes.Status;
import io.davit.shim.containerd.wire.Types.Envelope;
import io.davit.ttrpc.CallOptions;
import io.davit.ttrpc.StatusCode;
import io.davit.ttrpc.TtrpcClient;
import io.davit.ttrpc.TtrpcException;
import io.davit.ttrpc.TtrpcMethod;
import io.davit.ttrpc.TtrpcServer;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A shim that is not the stock one, run as a program of its own: it runs the process of the
 * specification on the host, and knows only some methods of the service.
 *
 * <p>Arguments: where to listen, the methods it knows, separated by commas, and how it says that it
 * does not know one: {@code go} or {@code rust}.
 */
final class StrangeShim {
    private static final TtrpcMethod<ForwardRequest, Empty> FORWARD =
            TtrpcMethod.unary(
                    "containerd.services.events.ttrpc.v1.Events",
                    "Forward",
                    ForwardRequest.getDefaultInstance(),
                    Empty.getDefaultInstance());
    private static final List<TtrpcMethod<?, ?>> ALL =
            List.of(
                    TaskService.CONNECT,
                    TaskService.STATE,
                    TaskService.WAIT,
                    TaskService.PIDS,
                    TaskService.STATS,
                    TaskService.SHUTDOWN);

    private final Set<String> known;
    private final boolean rust;
    private final TtrpcServer.Builder server = TtrpcServer.builder();
    private Process task;
    private CreateTaskRequest request;

    private StrangeShim(Set<String> known, boolean rust) {
        this.known = known;
        this.rust = rust;
    }

    /** Serves until it is killed, or shut down if it knows that. */
    public static void main(String[] args) throws Exception {
        new StrangeShim(Set.of(args[1].split(",")), args[2].equals("rust")).serve(Path.of(args[0]));
    }

    private void serve(Path socket) throws Exception {
        server.unary(
                TaskService.CREATE.in(service()),
                (request, context) -> {
                    this.request = request;
                    return CreateTaskResponse.getDefaultInstance();
                });
        server.unary(TaskService.START.in(service()), (request, context) -> start());
        server.unary(
                TaskService.KILL.in(service()),
                (request, context) -> {
                    task.destroyForcibly();
                    return Empty.getDefaultInstance();
                });
        server.unary(
                TaskService.DELETE.in(service()),
                (request, context) ->
                        DeleteResponse.newBuilder().setExitStatus(task.exitValue()).build());
        addKnown();
        if (rust) {
            ALL.stream().filter(m -> !known.contains(m.name())).forEach(this::refuse);
        }
        server.listen(socket);
        Thread.currentThread().join();
    }

    private static String service() {
        return TaskService.name(TaskService.OLDEST);
    }

    private void addKnown() {
        if (known.contains("Connect")) {
            server.unary(
                    TaskService.CONNECT.in(service()),
                    (request, context) -> {
                        if (this.request == null) {
                            throw new TtrpcException(StatusCode.NOT_FOUND, "no such container");
                        }
                        int pid = (int) ProcessHandle.current().pid();
                        return ConnectResponse.newBuilder().setShimPid(pid).build();
                    });
        }
        if (known.contains("State")) {
            server.unary(TaskService.STATE.in(service()), (request, context) -> state());
        }
        if (known.contains("Wait")) {
            server.unary(
                    TaskService.WAIT.in(service()),
                    (request, context) -> {
                        if (task == null) {
                            throw new TtrpcException(
                                    StatusCode.FAILED_PRECONDITION, "it was not started");
                        }
                        return WaitResponse.newBuilder().setExitStatus(task.waitFor()).build();
                    });
        }
        if (known.contains("Shutdown")) {
            server.unary(
                    TaskService.SHUTDOWN.in(service()),
                    (request, context) -> {
                        new Thread(() -> Runtime.getRuntime().halt(0)).start();
                        return Empty.getDefaultInstance();
                    });
        }
    }

    private <Q extends MessageLite, A extends MessageLite> void refuse(TtrpcMethod<Q, A> method) {
        String path = "/" + service() + "/" + method.name();
        server.unary(
                method.in(service()),
                (request, context) -> {
                    throw new TtrpcException(StatusCode.NOT_FOUND, path + " is not supported");
                });
    }

    private StartResponse start() throws TtrpcException {
        try {
            Path config = Path.of(request.getBundle()).resolve("config.json");
            JsonObject spec = JsonObject.of("spec", Json.parse("spec", Files.readAllBytes(config)));
            List<String> args = spec.object("process", p -> p.texts("args")).orElseThrow();
            task =
                    new ProcessBuilder(args)
                            .redirectOutput(file(request.getStdout()))
                            .redirectError(file(request.getStderr()))
                            .start();
            new Thread(this::tellEnd).start();
            return StartResponse.newBuilder().setPid((int) task.pid()).build();
        } catch (java.io.IOException e) {
            throw new TtrpcException(StatusCode.UNKNOWN, e.toString());
        }
    }

    private static File file(String name) {
        return new File(name.isEmpty() ? "/dev/null" : name);
    }

    private StateResponse state() throws TtrpcException {
        if (request == null) {
            throw new TtrpcException(StatusCode.NOT_FOUND, "no such container");
        }
        StateResponse.Builder state = StateResponse.newBuilder().setStatus(Status.CREATED);
        if (task != null) {
            state.setPid((int) task.pid());
            state.setStatus(task.isAlive() ? Status.RUNNING : Status.STOPPED);
        }
        return task == null || task.isAlive()
                ? state.build()
                : state.setExitStatus(task.exitValue()).build();
    }

    private void tellEnd() {
        if (!known.contains("events")) {
            return;
        }
        String id = request.getId();
        try (TtrpcClient client = TtrpcClient.connect(Path.of(System.getenv("TTRPC_ADDRESS")))) {
            Timestamp now =
                    Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
            TaskExit exit =
                    TaskExit.newBuilder()
                            .setContainerId(id)
                            .setId(id)
                            .setPid((int) task.pid())
                            .setExitStatus(task.waitFor())
                            .setExitedAt(now)
                            .build();
            ByteString value = exit.toByteString();
            Envelope envelope =
                    Envelope.newBuilder()
                            .setNamespace(System.getenv("NAMESPACE"))
                            .setTopic("/tasks/exit")
                            .setTimestamp(now)
                            .setEvent(
                                    Any.newBuilder()
                                            .setTypeUrl("containerd.events.TaskExit")
                                            .setValue(value))
                            .build();
            client.call(
                    FORWARD,
                    ForwardRequest.newBuilder().setEnvelope(envelope).build(),
                    CallOptions.within(Duration.ofSeconds(30)));
        } catch (java.io.IOException | InterruptedException | TtrpcException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The class path of this JVM, for a script that runs {@link #main}. */
    static String command() {
        String java = ProcessHandle.current().info().command().orElse("java");
        String classes =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .reduce((a, b) -> a + File.pathSeparator + b)
                        .orElseThrow();
        return java
                + " -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp "
                + classes
                + " "
                + StrangeShim.class.getName();
    }
}

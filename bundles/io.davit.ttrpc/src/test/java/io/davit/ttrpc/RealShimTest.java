package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;
import com.google.protobuf.UInt32Value;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Our client against the server of an unmodified containerd shim. Messages of its task API that
 * begin with the one field of interest are read as the well-known type of the same form.
 */
@Timeout(60)
class RealShimTest {
    private static final Path SHIM = Path.of("/usr/bin/containerd-shim-runc-v2");
    private static final String ID = "ttrpc" + ProcessHandle.current().pid();
    private static final CallOptions SOON = CallOptions.within(Duration.ofSeconds(20));

    @TempDir Path directory;
    private Process logReader;
    private Path socket;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(SHIM), SHIM + " is not installed");
        assumeTrue(Files.isWritable(Path.of("/run")), "not root");
        Path bundle = Files.createDirectory(directory.resolve(ID));
        Files.writeString(bundle.resolve("config.json"), "{}");
        logReader =
                command(bundle, "sh", "-c", "mkfifo log && echo made && exec cat <>log >&2")
                        .start();
        logReader.getInputStream().read(); // the pipe is there
        Process started =
                command(
                                bundle,
                                SHIM.toString(),
                                "-namespace",
                                "davit-test",
                                "-id",
                                ID,
                                "-address",
                                directory.resolve("none").toString(),
                                "start")
                        .start();
        String address =
                new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(started.waitFor(20, TimeUnit.SECONDS));
        socket = Path.of(address.substring("unix://".length()));
    }

    private static ProcessBuilder command(Path bundle, String... words) {
        return new ProcessBuilder(words)
                .directory(new File(bundle.toString()))
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    @AfterEach
    void stop() throws IOException {
        if (socket != null && Files.exists(socket)) {
            try (TtrpcClient client = TtrpcClient.connect(socket)) {
                shutDown(client);
            }
        }
        if (logReader != null) {
            logReader.destroyForcibly();
        }
    }

    @Test
    void a_real_shim_is_driven_from_connect_to_shutdown() throws Exception {
        CompletableFuture<TtrpcException> closed = new CompletableFuture<>();
        try (TtrpcClient client = TtrpcClient.builder().onClose(closed::complete).connect(socket)) {
            int pid = client.call(connect(), Echo.text(ID), SOON).getValue();
            assertTrue(ProcessHandle.of(pid).isPresent());

            TtrpcException unknown = fails(client, task("State", empty()));
            assertEquals(StatusCode.NOT_FOUND, unknown.code());
            assertEquals("container not created: not found", unknown.getMessage());
            assertEquals(StatusCode.UNIMPLEMENTED, fails(client, task("Nothing", empty())).code());

            shutDown(client);
            assertEquals(TtrpcException.Origin.CLOSED, closed.get().origin());
            Await.until(() -> !Files.exists(socket));
            assertFalse(client.isOpen());
        }
    }

    @Test
    void a_real_shim_answers_many_calls_at_once() throws Exception {
        try (TtrpcClient client = TtrpcClient.connect(socket)) {
            List<CompletableFuture<UInt32Value>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(client.callAsync(connect(), Echo.text(ID), SOON));
            }
            int pid = calls.get(0).get().getValue();
            for (CompletableFuture<UInt32Value> call : calls) {
                assertEquals(pid, call.get().getValue());
            }
            assertEquals(0, client.droppedAnswers());
        }
    }

    @Test
    void a_real_shim_skips_what_is_too_large_and_goes_on() throws Exception {
        try (RawPeer peer = RawPeer.connect(socket)) {
            peer.frame(1, Frames.REQUEST, 0, new byte[Frames.LARGEST + 1]);
            assertEquals(8, peer.read().response().getStatus().getCode());
            peer.request(3, connect(), Echo.text(ID));
            assertEquals(0, peer.read().response().getStatus().getCode());
        }
    }

    /** A shim may leave before its answer does. */
    private static void shutDown(TtrpcClient client) {
        client.callAsync(task("Shutdown", empty()), Echo.text(ID), SOON)
                .exceptionally(thrown -> empty())
                .join();
    }

    private static TtrpcException fails(
            TtrpcClient client, TtrpcMethod<StringValue, Empty> method) {
        return assertThrows(TtrpcException.class, () -> client.call(method, Echo.text("x"), SOON));
    }

    private static TtrpcMethod<StringValue, UInt32Value> connect() {
        return task("Connect", UInt32Value.getDefaultInstance());
    }

    private static Empty empty() {
        return Empty.getDefaultInstance();
    }

    private static <A extends MessageLite> TtrpcMethod<StringValue, A> task(String name, A answer) {
        return TtrpcMethod.unary(
                "containerd.task.v2.Task", name, StringValue.getDefaultInstance(), answer);
    }
}

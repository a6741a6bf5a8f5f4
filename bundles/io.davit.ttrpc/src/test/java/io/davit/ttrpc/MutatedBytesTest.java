package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;

import io.davit.ttrpc.wire.KeyValue;
import io.davit.ttrpc.wire.Request;
import io.davit.ttrpc.wire.Response;
import io.davit.ttrpc.wire.Status;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Good conversations with bytes changed, on real sockets, both ways. The seed is fixed; {@code
 * -Ddavit.fuzz.seconds} makes it last longer.
 */
class MutatedBytesTest {
    private static final long SECONDS = Long.getLong("davit.fuzz.seconds", 2);
    private static final long MOST_GROWTH = 64 << 20;

    @TempDir Path directory;
    private final Random random = new Random(4711);
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private Thread.UncaughtExceptionHandler before;

    @BeforeEach
    void watchThreads() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    }

    @AfterEach
    void unwatchThreads() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Test
    void a_server_survives_mutated_requests() throws Exception {
        Path socket = Echo.socket(directory);
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .async(
                                        Echo.SAY,
                                        (q, context) -> CompletableFuture.completedFuture(q))
                                .unary(Echo.BLOCK, (request, context) -> request)
                                .clientStream(Echo.JOIN, (requests, context) -> requests.receive())
                                .bidirectional(
                                        Echo.CHAT,
                                        (requests, answers, context) ->
                                                answers.send(requests.receive()))
                                .listen(socket);
                TtrpcClient good = TtrpcClient.connect(socket)) {
            long heap = usedHeap();
            for (long end = end(); System.nanoTime() - end < 0; ) {
                try (RawPeer peer = RawPeer.connect(socket)) {
                    peer.write(mutated(requests()));
                } catch (IOException expected) {
                    // the server closes what breaks the protocol
                }
            }
            good.call(Echo.SAY, Echo.text("alive"), CallOptions.within(Duration.ofSeconds(20)));
            Await.until(() -> server.connections() == 1);
            assertTrue(usedHeap() - heap < MOST_GROWTH);
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    @Test
    void a_client_survives_mutated_answers() throws Exception {
        Path socket = Echo.socket(directory);
        long heap = usedHeap();
        try (TtrpcLoop loop = TtrpcLoop.start("davit-ttrpc-test", 1);
                RawPeer.Server listener = new RawPeer.Server(socket)) {
            for (long end = end(); System.nanoTime() - end < 0; ) {
                try (TtrpcClient client = TtrpcClient.builder().loop(loop).connect(socket)) {
                    CompletableFuture<StringValue> call =
                            client.callAsync(Echo.SAY, Echo.text("x"), CallOptions.NONE);
                    try (RawPeer peer = listener.accept()) {
                        client.open(Echo.SPLIT, Echo.text("x"), CallOptions.NONE);
                        peer.write(mutated(answers()));
                    }
                    call.handle((answer, thrown) -> null).get(20, TimeUnit.SECONDS);
                } catch (IOException | TtrpcException expected) {
                    // the client closes what breaks the protocol
                }
            }
            assertTrue(usedHeap() - heap < MOST_GROWTH);
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private byte[] requests() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int id = 1; id < 12; id += 2) {
            TtrpcMethod<?, ?> method =
                    List.of(Echo.SAY, Echo.BLOCK, Echo.JOIN, Echo.CHAT).get(random.nextInt(4));
            Request request =
                    Request.newBuilder()
                            .setService(method.service())
                            .setMethod(method.name())
                            .setPayload(Echo.text("hello").toByteString())
                            .setTimeoutNano(random.nextInt())
                            .addMetadata(KeyValue.newBuilder().setKey("k").setValue("v"))
                            .build();
            int flags = method.shape().streamsRequests() ? Frames.REMOTE_OPEN : 0;
            out.write(frame(id, Frames.REQUEST, flags, request));
            if (flags != 0) {
                out.write(frame(id, Frames.DATA, 0, Echo.text("more")));
            }
        }
        return out.toByteArray();
    }

    private byte[] answers() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Status status = Status.newBuilder().setCode(random.nextInt(20)).setMessage("m").build();
        out.write(frame(3, Frames.DATA, 0, Echo.text("part")));
        out.write(
                frame(
                        1,
                        Frames.RESPONSE,
                        0,
                        Response.newBuilder()
                                .setStatus(status)
                                .setPayload(Echo.text("hello").toByteString())
                                .build()));
        out.write(frame(3, Frames.DATA, Frames.REMOTE_CLOSED, Echo.text("end")));
        return out.toByteArray();
    }

    private static byte[] frame(int id, byte type, int flags, MessageLite message) {
        byte[] data = message.toByteArray();
        return ByteBuffer.allocate(Frames.HEADER + data.length)
                .putInt(data.length)
                .putInt(id)
                .put(type)
                .put((byte) flags)
                .put(data)
                .array();
    }

    /** Changes, removes, repeats or cuts a few bytes. */
    private byte[] mutated(byte[] good) {
        byte[] bytes = good.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> System.arraycopy(good, 0, bytes, at, bytes.length - at);
                default -> bytes = ByteBuffer.allocate(at + 1).put(bytes, 0, at + 1).array();
            }
        }
        return bytes;
    }
}

package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;

import io.davit.ttrpc.wire.Request;
import io.davit.ttrpc.wire.Status;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Our server against a client that breaks the rules. */
@Timeout(60)
class HostileClientTest {
    @TempDir Path directory;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(1);
    private TtrpcServer server;
    private RawPeer peer;

    @BeforeEach
    void connect() throws IOException {
        Path socket = Echo.socket(directory);
        server =
                TtrpcServer.builder()
                        .async(Echo.SAY, (q, context) -> CompletableFuture.completedFuture(q))
                        .unary(Echo.BLOCK, (q, context) -> block(q))
                        .clientStream(Echo.JOIN, (requests, context) -> requests.receive())
                        .limits(new TtrpcServer.Limits(2, 8, 1 << 20))
                        .listen(socket);
        peer = RawPeer.connect(socket);
    }

    private StringValue block(StringValue request) throws InterruptedException {
        blocked.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        return request;
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        server.close();
    }

    @Test
    void the_bytes_of_a_call_are_those_of_the_specification() throws Exception {
        try (RawPeer.Server listener = new RawPeer.Server(directory.resolve("raw"));
                TtrpcClient client = TtrpcClient.connect(directory.resolve("raw"));
                RawPeer raw = listener.accept()) {
            client.callAsync(
                    TtrpcMethod.unary("a.B", "C", Request.getDefaultInstance(), Echo.text("")),
                    Request.newBuilder()
                            .setServiceBytes(ByteString.EMPTY)
                            .setTimeoutNano(0)
                            .build(),
                    CallOptions.NONE);
            RawPeer.Frame frame = raw.read();
            assertEquals(1, frame.id());
            assertEquals(Frames.REQUEST, frame.type());
            assertEquals(0, frame.flags());
            assertEquals(ByteString.fromHex("0a03612e42120143"), ByteString.copyFrom(frame.data()));
        }
    }

    @Test
    void even_and_repeated_ids_are_refused_and_the_connection_stays() throws Exception {
        peer.request(2, Echo.SAY, Echo.text("even"));
        assertRefused(2, "StreamID must be odd for client initiated streams");
        peer.request(5, Echo.SAY, Echo.text("first"));
        assertAnswered(5, "first");
        peer.request(5, Echo.SAY, Echo.text("again"));
        assertRefused(5, "StreamID cannot be re-used and must increment");
        peer.request(3, Echo.SAY, Echo.text("back"));
        assertRefused(3, "StreamID cannot be re-used and must increment");
        peer.request(-1, Echo.SAY, Echo.text("last"));
        assertAnswered(-1, "last");
    }

    @Test
    void an_undecodable_request_is_refused_and_the_connection_stays() throws Exception {
        peer.frame(1, Frames.REQUEST, 0, new byte[] {(byte) 0xff});
        Status status = peer.read().response().getStatus();
        assertEquals(3, status.getCode());
        assertTrue(status.getMessage().startsWith("unmarshal request error: "));
        assertAlive(3);
    }

    @Test
    void an_undecodable_payload_is_answered_internal() throws Exception {
        Request request =
                Request.newBuilder()
                        .setService(Echo.SERVICE)
                        .setMethod("Say")
                        .setPayload(ByteString.copyFrom(new byte[] {(byte) 0xff}))
                        .build();
        peer.frame(1, Frames.REQUEST, 0, request.toByteArray());
        Status status = peer.read().response().getStatus();
        assertEquals(13, status.getCode());
        assertTrue(status.getMessage().startsWith("ttrpc: error unmarshalling payload: "));
        assertAlive(3);
    }

    @Test
    void an_empty_request_names_no_service() throws Exception {
        peer.frame(1, Frames.REQUEST, 0, new byte[0]);
        Status status = peer.read().response().getStatus();
        assertEquals(12, status.getCode());
        assertEquals("service ", status.getMessage());
    }

    @Test
    void an_oversized_request_is_skipped_and_answered() throws Exception {
        peer.frame(1, Frames.REQUEST, 0, new byte[Frames.LARGEST + 1]);
        RawPeer.Frame answer = peer.read();
        assertEquals(1, answer.id());
        assertEquals(8, answer.response().getStatus().getCode());
        assertAlive(3);
    }

    @Test
    void an_impossible_length_closes_the_connection() throws Exception {
        peer.header(-1, 1, Frames.REQUEST, 0);
        peer.awaitEnd();
        Await.until(() -> server.connections() == 0);
    }

    @Test
    void unknown_types_and_answers_close_the_connection() throws Exception {
        peer.frame(1, 0x7f, 0, new byte[0]);
        peer.awaitEnd();
        try (RawPeer second = RawPeer.connect(Echo.socket(directory))) {
            second.answer(1, Echo.text(""));
            second.awaitEnd();
        }
    }

    @Test
    void data_for_no_stream_is_refused_and_the_connection_stays() throws Exception {
        peer.frame(1, Frames.DATA, 0, new byte[0]);
        assertRefused(1, "StreamID is no longer active");
        assertAlive(3);
    }

    @Test
    void data_on_a_unary_call_fails_that_call_and_stops_its_handler() throws Exception {
        peer.request(1, Echo.BLOCK, Echo.text(""));
        blocked.await();
        peer.frame(1, Frames.DATA, 0, new byte[0]);
        assertRefused(1, "data on a stream that takes none");
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
        assertAlive(3);
    }

    @Test
    void unknown_flags_are_ignored() throws Exception {
        Request request = Request.newBuilder().setService(Echo.SERVICE).setMethod("Say").build();
        peer.frame(1, Frames.REQUEST, 0x78, request.toByteArray());
        assertEquals(0, peer.read().response().getStatus().getCode());
    }

    @Test
    void an_expired_deadline_interrupts_the_handler_at_once() throws Exception {
        Request request =
                Request.newBuilder()
                        .setService(Echo.SERVICE)
                        .setMethod("Block")
                        .setTimeoutNano(-1)
                        .build();
        peer.frame(1, Frames.REQUEST, 0, request.toByteArray());
        assertEquals(4, peer.read().response().getStatus().getCode());
        assertAlive(3);
    }

    @Test
    void a_client_that_leaves_cancels_its_calls() throws Exception {
        peer.request(1, Echo.BLOCK, Echo.text(""));
        blocked.await();
        peer.close();
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
        Await.until(() -> server.connections() == 0);
    }

    @Test
    void calls_beyond_the_limit_are_refused() throws Exception {
        for (int i = 0; i < 8; i++) {
            peer.request(2 * i + 1, Echo.BLOCK, Echo.text(""));
        }
        peer.request(17, Echo.SAY, Echo.text(""));
        RawPeer.Frame answer = peer.read();
        assertEquals(17, answer.id());
        assertEquals(8, answer.response().getStatus().getCode());
    }

    @Test
    void requests_beyond_the_memory_of_a_connection_are_refused_until_there_is_room()
            throws Exception {
        StringValue half = Echo.text("x".repeat(600_000));
        peer.request(1, Echo.BLOCK, half);
        peer.request(3, Echo.BLOCK, half);
        RawPeer.Frame answer = peer.read();
        assertEquals(3, answer.id());
        assertEquals(8, answer.response().getStatus().getCode());
        peer.frame(1, Frames.DATA, 0, new byte[0]);
        peer.read();
        peer.request(5, Echo.SAY, half);
        assertEquals(half, StringValue.parseFrom(peer.read().response().getPayload()));
    }

    @Test
    void data_beyond_the_memory_of_a_connection_fails_its_stream() throws Exception {
        peer.request(1, Echo.BLOCK, Echo.text("x".repeat(600_000)));
        Request request = Request.newBuilder().setService(Echo.SERVICE).setMethod("Join").build();
        peer.frame(3, Frames.REQUEST, Frames.REMOTE_OPEN, request.toByteArray());
        peer.frame(3, Frames.DATA, 0, new byte[600_000]);
        assertRefused(3, "data handling error: ttrpc: stream buffer full");
        assertAlive(5);
    }

    @Test
    void connections_beyond_the_limit_are_closed() throws Exception {
        try (RawPeer second = RawPeer.connect(Echo.socket(directory));
                RawPeer third = RawPeer.connect(Echo.socket(directory))) {
            third.awaitEnd();
            assertEquals(1, server.refusedConnections());
            second.request(1, Echo.SAY, Echo.text("x"));
            assertEquals(1, second.read().id());
        }
    }

    @Test
    void a_client_that_does_not_read_is_not_read_either() throws Exception {
        StringValue large = Echo.text("x".repeat(100_000));
        ByteBuffer sent = ByteBuffer.allocate(Long.BYTES);
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                for (int i = 0; ; i++) {
                                    peer.request(2 * i + 1, Echo.SAY, large);
                                    sent.putInt(0, i);
                                }
                            } catch (IOException expected) {
                                // the test closes the connection
                            }
                        });
        writer.start();
        long before;
        do { // the writer stands still once both directions are full
            before = sent.getInt(0);
            writer.join(300);
        } while (sent.getInt(0) != before);
        assertTrue(before * 100_000 < 8 << 20, "requests taken without answers: " + before);
        try (RawPeer second = RawPeer.connect(Echo.socket(directory))) {
            second.request(1, Echo.SAY, Echo.text("x"));
            assertEquals(1, second.read().id());
        }
        peer.close();
        writer.join();
    }

    private void assertAlive(int id) throws IOException {
        peer.request(id, Echo.SAY, Echo.text("alive"));
        assertAnswered(id, "alive");
    }

    private void assertAnswered(int id, String text) throws IOException {
        RawPeer.Frame frame = peer.read();
        assertEquals(id, frame.id());
        assertEquals(Frames.RESPONSE, frame.type());
        assertEquals(text, StringValue.parseFrom(frame.response().getPayload()).getValue());
    }

    private void assertRefused(int id, String message) throws IOException {
        RawPeer.Frame frame = peer.read();
        assertEquals(id, frame.id());
        assertEquals(3, frame.response().getStatus().getCode());
        assertEquals(message, frame.response().getStatus().getMessage());
    }
}

package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Our client against a server that breaks the rules. */
@Timeout(60)
class HostileServerTest {
    @TempDir Path directory;
    private final CompletableFuture<TtrpcException> closed = new CompletableFuture<>();
    private RawPeer.Server listener;
    private TtrpcClient client;
    private RawPeer peer;

    @BeforeEach
    void connect() throws IOException {
        Path socket = Echo.socket(directory);
        listener = new RawPeer.Server(socket);
        client = TtrpcClient.builder().onClose(closed::complete).connect(socket);
        peer = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        peer.close();
        listener.close();
    }

    @Test
    void a_length_of_four_gigabytes_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.header(-1, 1, Frames.RESPONSE, 0);
        assertProtocolError(call, "frame length begins with byte 0xff");
    }

    @Test
    void a_length_of_sixteen_megabytes_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.header(1 << 24, 1, Frames.RESPONSE, 0);
        assertProtocolError(call, "frame length begins with byte 0x1");
    }

    @Test
    void a_frame_just_beyond_the_limit_is_skipped_and_fails_its_call_alone() throws Exception {
        CompletableFuture<StringValue> first = begin();
        CompletableFuture<StringValue> second = begin();
        peer.frame(1, Frames.RESPONSE, 0, new byte[Frames.LARGEST + 1]);
        peer.answer(3, Echo.text("fine"));
        assertEquals(StatusCode.RESOURCE_EXHAUSTED, failure(first).code());
        assertEquals("fine", second.get().getValue());
        assertTrue(client.isOpen());
    }

    @Test
    void an_empty_frame_is_an_empty_answer() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.frame(1, Frames.RESPONSE, 0, new byte[0]);
        assertEquals("", call.get().getValue());
    }

    @Test
    void an_unknown_frame_type_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.frame(1, 0x7f, 0, new byte[0]);
        assertProtocolError(call, "server sent a frame of type 127");
    }

    @Test
    void a_request_from_a_server_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.request(1, Echo.SAY, Echo.text(""));
        assertProtocolError(call, "server sent a frame of type 1");
    }

    @Test
    void an_even_stream_id_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.answer(2, Echo.text(""));
        assertProtocolError(call, "answer for a stream that was never opened: stream=2");
    }

    @Test
    void an_answer_for_an_id_never_issued_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.answer(3, Echo.text(""));
        assertProtocolError(call, "answer for a stream that was never opened: stream=3");
    }

    @Test
    void a_second_answer_is_dropped_and_counted_and_the_first_stands() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.answer(1, Echo.text("first"));
        peer.answer(1, Echo.text("second"));
        assertEquals("first", call.get().getValue());
        Await.until(() -> client.droppedAnswers() == 1);
        assertTrue(client.isOpen());
    }

    @Test
    void data_on_a_unary_call_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.frame(1, Frames.DATA, 0, new byte[0]);
        assertProtocolError(call, "server sent data on a unary call: stream=1");
    }

    @Test
    void data_after_the_answer_closes_the_connection() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.answer(1, Echo.text(""));
        call.get();
        CompletableFuture<StringValue> next = begin();
        peer.frame(1, Frames.DATA, 0, new byte[0]);
        assertProtocolError(next, "server sent data on a unary call: stream=1");
    }

    @Test
    void a_connection_that_ends_inside_a_header_is_a_protocol_error() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.write(new byte[] {0, 0, 0});
        peer.close();
        assertProtocolError(call, "connection ended inside a frame");
    }

    @Test
    void a_connection_that_ends_inside_data_is_a_protocol_error() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.header(100, 1, Frames.RESPONSE, 0);
        peer.write(new byte[] {1, 2, 3});
        peer.close();
        assertProtocolError(call, "connection ended inside a frame");
    }

    @Test
    void a_connection_that_ends_between_frames_is_closed() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.close();
        TtrpcException why = failure(call);
        assertEquals(TtrpcException.Origin.CLOSED, why.origin());
        assertEquals(StatusCode.UNAVAILABLE, why.code());
        assertEquals("ttrpc: closed", why.getMessage());
        assertEquals(TtrpcException.Origin.CLOSED, closed.get().origin());
    }

    @Test
    void an_undecodable_answer_fails_its_call_alone() throws Exception {
        CompletableFuture<StringValue> first = begin();
        CompletableFuture<StringValue> second = begin();
        peer.frame(1, Frames.RESPONSE, 0, new byte[] {(byte) 0xff, 1, 2});
        peer.answer(3, Echo.text("fine"));
        assertEquals(TtrpcException.Origin.LOCAL, failure(first).origin());
        assertEquals("fine", second.get().getValue());
    }

    @Test
    void an_undecodable_payload_does_not_mask_the_status() throws Exception {
        CompletableFuture<StringValue> call = begin();
        byte[] status = {0x0a, 0x02, 0x08, 0x05};
        byte[] payload = {0x12, 0x02, (byte) 0xff, (byte) 0xff};
        peer.header(status.length + payload.length, 1, Frames.RESPONSE, 0);
        peer.write(status);
        peer.write(payload);
        assertEquals(StatusCode.NOT_FOUND, failure(call).code());
    }

    @Test
    void text_that_is_not_utf_8_fails_its_call_alone() throws Exception {
        CompletableFuture<StringValue> call = begin();
        byte[] status = {0x0a, 0x05, 0x08, 0x05, 0x12, 0x01, (byte) 0xff};
        peer.frame(1, Frames.RESPONSE, 0, status);
        assertEquals(StatusCode.INTERNAL, failure(call).code());
        assertTrue(client.isOpen());
    }

    @Test
    void a_status_code_that_is_not_listed_is_unknown() throws Exception {
        CompletableFuture<StringValue> call = begin();
        peer.frame(1, Frames.RESPONSE, 0, new byte[] {0x0a, 0x02, 0x08, 0x63});
        assertEquals(StatusCode.UNKNOWN, failure(call).code());
    }

    @Test
    void an_answer_byte_by_byte_that_never_ends_ends_with_the_call_s_time() throws Exception {
        CompletableFuture<StringValue> call =
                client.callAsync(
                        Echo.SAY, Echo.text(""), CallOptions.within(Duration.ofMillis(200)));
        peer.read();
        peer.header(1000, 1, Frames.RESPONSE, 0);
        for (int i = 0; i < 10; i++) {
            peer.write(new byte[1]);
        }
        assertEquals(TtrpcException.Origin.DEADLINE, failure(call).origin());
        assertTrue(client.isOpen());
        peer.write(new byte[990]);
        CompletableFuture<StringValue> next = begin();
        peer.answer(3, Echo.text("whole again"));
        assertEquals("whole again", next.get().getValue());
        assertEquals(1, client.droppedAnswers());
    }

    @Test
    void a_server_that_does_not_read_holds_up_callers_until_their_time_is_over() {
        StringValue large = Echo.text("x".repeat(1 << 20));
        CallOptions options = CallOptions.within(Duration.ofMillis(200));
        for (int i = 0; i < 4; i++) {
            TtrpcException thrown =
                    assertThrows(TtrpcException.class, () -> client.call(Echo.SAY, large, options));
            assertEquals(TtrpcException.Origin.DEADLINE, thrown.origin());
        }
    }

    @Test
    void a_stream_answered_byte_by_byte_arrives_whole() throws Exception {
        try (ClientStream<StringValue, StringValue> stream =
                client.open(Echo.SPLIT, Echo.text(""), CallOptions.NONE)) {
            assertEquals(Frames.REMOTE_CLOSED, peer.read().flags());
            byte[] message = Echo.text("slow").toByteArray();
            peer.header(message.length, 1, Frames.DATA, 0);
            for (byte b : message) {
                peer.write(new byte[] {b});
            }
            peer.frame(1, Frames.DATA, Frames.REMOTE_CLOSED, Echo.text("last").toByteArray());
            assertEquals("slow", stream.receive().getValue());
            assertEquals("last", stream.receive().getValue());
            assertEquals(null, stream.receive());
        }
    }

    private CompletableFuture<StringValue> begin() throws IOException {
        CompletableFuture<StringValue> call =
                client.callAsync(Echo.SAY, Echo.text("hello"), CallOptions.NONE);
        peer.read();
        return call;
    }

    private void assertProtocolError(CompletableFuture<StringValue> call, String message)
            throws Exception {
        TtrpcException why = failure(call);
        assertEquals(TtrpcException.Origin.PROTOCOL, why.origin());
        assertEquals(StatusCode.INTERNAL, why.code());
        assertTrue(why.getMessage().contains(message), why.getMessage());
        assertEquals(why, closed.get());
        assertThrows(
                TtrpcException.class, () -> client.call(Echo.SAY, Echo.text(""), CallOptions.NONE));
    }

    private static TtrpcException failure(CompletableFuture<StringValue> call) {
        ExecutionException thrown = assertThrows(ExecutionException.class, call::get);
        return assertInstanceOf(TtrpcException.class, thrown.getCause());
    }
}

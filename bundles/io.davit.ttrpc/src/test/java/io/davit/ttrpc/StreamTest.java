package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Streaming calls between our client and our server. */
@Timeout(60)
@SuppressWarnings("try") // servers are there for their clients
class StreamTest {
    @TempDir Path directory;

    @Test
    void a_server_stream_gives_every_answer_and_ends() throws Exception {
        try (TtrpcServer server = streaming().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.SPLIT, Echo.text("a b  c"), CallOptions.NONE)) {
            assertEquals(List.of("a", "b", "", "c"), rest(stream));
            assertNull(stream.receive());
        }
    }

    @Test
    void a_client_stream_gives_one_answer() throws Exception {
        try (TtrpcServer server = streaming().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.JOIN, CallOptions.NONE)) {
            stream.send(Echo.text("a"));
            stream.send(Echo.text(""));
            stream.send(Echo.text("b"));
            stream.endRequests();
            assertEquals(List.of("a++b"), rest(stream));
        }
    }

    @Test
    void a_bidirectional_stream_goes_back_and_forth() throws Exception {
        try (TtrpcServer server = streaming().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.CHAT, CallOptions.NONE)) {
            for (int i = 0; i < 300; i++) {
                stream.send(Echo.text("m" + i));
                assertEquals("m" + i, stream.receive().getValue());
            }
            stream.endRequests();
            assertNull(stream.receive());
        }
    }

    @Test
    void many_answers_arrive_in_order_though_the_reader_lags() throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .serverStream(
                                        Echo.SPLIT,
                                        (request, answers, context) -> {
                                            for (int i = 0; i < 20_000; i++) {
                                                answers.send(Echo.text("" + i));
                                            }
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.SPLIT, Echo.text(""), CallOptions.NONE)) {
            List<String> all = rest(stream);
            assertEquals(20_000, all.size());
            for (int i = 0; i < all.size(); i++) {
                assertEquals("" + i, all.get(i));
            }
        }
    }

    @Test
    void an_error_ends_a_stream_after_what_was_sent() throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .serverStream(
                                        Echo.SPLIT,
                                        (request, answers, context) -> {
                                            answers.send(Echo.text("first"));
                                            throw new TtrpcException(
                                                    StatusCode.DATA_LOSS, "then nothing");
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.SPLIT, Echo.text(""), CallOptions.NONE)) {
            assertEquals("first", stream.receive().getValue());
            TtrpcException thrown = assertThrows(TtrpcException.class, stream::receive);
            assertEquals(StatusCode.DATA_LOSS, thrown.code());
            assertEquals(TtrpcException.Origin.PEER, thrown.origin());
            assertThrows(TtrpcException.class, stream::receive);
        }
    }

    @Test
    void a_reader_that_stops_loses_its_stream_and_harms_no_other_call() throws Exception {
        try (TtrpcServer server =
                        streaming()
                                .unary(Echo.SAY, (request, context) -> request)
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.SPLIT, Echo.text("x ".repeat(5000)), CallOptions.NONE)) {
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
            Await.until(() -> client.droppedAnswers() > 0);
            TtrpcException thrown = assertThrows(TtrpcException.class, () -> rest(stream));
            assertEquals("ttrpc: stream buffer full", thrown.getMessage());
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
        }
    }

    @Test
    void a_handler_that_stops_reading_loses_its_stream_and_harms_no_other_call() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TtrpcServer server =
                        Echo.server()
                                .clientStream(
                                        Echo.JOIN,
                                        (requests, context) -> {
                                            never.await();
                                            return Echo.text("");
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.JOIN, CallOptions.NONE)) {
            for (int i = 0; i < Inbox.MOST_MESSAGES; i++) {
                stream.send(Echo.text("x"));
            }
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
            TtrpcException thrown = assertThrows(TtrpcException.class, stream::receive);
            assertEquals(StatusCode.INVALID_ARGUMENT, thrown.code());
            assertEquals("data handling error: ttrpc: stream buffer full", thrown.getMessage());
        }
    }

    @Test
    void a_stream_that_is_given_up_tells_the_server_that_requests_end() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        try (TtrpcServer server =
                        Echo.server()
                                .bidirectional(
                                        Echo.CHAT,
                                        (requests, answers, context) -> {
                                            requests.receive();
                                            ended.complete("" + requests.receive());
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            ClientStream<StringValue, StringValue> stream =
                    client.open(Echo.CHAT, CallOptions.NONE);
            stream.send(Echo.text("x"));
            stream.close();
            assertEquals("null", ended.get());
            assertEquals(
                    StatusCode.CANCELLED,
                    assertThrows(TtrpcException.class, stream::receive).code());
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
            Await.until(() -> client.droppedAnswers() == 1);
        }
    }

    @Test
    void a_stream_ends_with_its_time() throws Exception {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .bidirectional(
                                        Echo.CHAT,
                                        (requests, answers, context) -> {
                                            context.onCancel(() -> cancelled.complete(true));
                                            requests.receive();
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.CHAT, CallOptions.within(Duration.ofMillis(100)))) {
            assertEquals(
                    StatusCode.DEADLINE_EXCEEDED,
                    assertThrows(TtrpcException.class, stream::receive).code());
            assertTrue(cancelled.get());
        }
    }

    @Test
    void nothing_can_be_sent_on_a_stream_the_server_ended() throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .bidirectional(Echo.CHAT, (requests, answers, context) -> {})
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket());
                ClientStream<StringValue, StringValue> stream =
                        client.open(Echo.CHAT, CallOptions.NONE)) {
            assertNull(stream.receive());
            assertEquals(
                    StatusCode.FAILED_PRECONDITION,
                    assertThrows(TtrpcException.class, () -> stream.send(Echo.text("x"))).code());
        }
    }

    private static TtrpcServer.Builder streaming() {
        return TtrpcServer.builder()
                .serverStream(
                        Echo.SPLIT,
                        (request, answers, context) -> {
                            for (String word : request.getValue().split(" ")) {
                                answers.send(Echo.text(word));
                            }
                        })
                .clientStream(
                        Echo.JOIN,
                        (requests, context) -> {
                            List<String> words = new ArrayList<>();
                            for (StringValue w = requests.receive();
                                    w != null;
                                    w = requests.receive()) {
                                words.add(w.getValue());
                            }
                            return Echo.text(String.join("+", words));
                        })
                .bidirectional(
                        Echo.CHAT,
                        (requests, answers, context) -> {
                            for (StringValue w = requests.receive();
                                    w != null;
                                    w = requests.receive()) {
                                answers.send(w);
                            }
                        });
    }

    private static List<String> rest(ClientStream<StringValue, StringValue> stream)
            throws TtrpcException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (StringValue next = stream.receive(); next != null; next = stream.receive()) {
            all.add(next.getValue());
        }
        return all;
    }

    private Path socket() {
        return Echo.socket(directory);
    }
}

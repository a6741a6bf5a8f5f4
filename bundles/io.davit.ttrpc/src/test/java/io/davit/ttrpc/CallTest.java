package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Unary calls between our client and our server. */
@Timeout(60)
@SuppressWarnings("try") // servers are there for their clients
class CallTest {
    private static final CallOptions SHORT = CallOptions.within(Duration.ofMillis(100));

    @TempDir Path directory;

    @Test
    void an_answer_comes_back() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            assertEquals(
                    "hello",
                    client.call(Echo.SAY, Echo.text("hello"), CallOptions.NONE).getValue());
            assertEquals("", client.call(Echo.SAY, Echo.text(""), CallOptions.NONE).getValue());
        }
    }

    @Test
    void metadata_and_time_left_reach_the_handler() throws Exception {
        Metadata sent = Metadata.of("Some-Key", "a").and("other", "b").and("some-key", "c");
        CompletableFuture<Metadata> got = new CompletableFuture<>();
        CompletableFuture<Duration> left = new CompletableFuture<>();
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(
                                        Echo.SAY,
                                        (request, context) -> {
                                            got.complete(context.metadata());
                                            left.complete(context.remaining().orElseThrow());
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            client.call(
                    Echo.SAY, Echo.text(""), CallOptions.within(Duration.ofSeconds(50)).with(sent));
            assertEquals(sent, got.get());
            assertEquals("a", got.get().first("SOME-KEY").orElseThrow());
            assertTrue(left.get().compareTo(Duration.ofSeconds(50)) <= 0);
            assertTrue(left.get().compareTo(Duration.ZERO) > 0);
        }
    }

    @Test
    void a_status_thrown_by_a_handler_reaches_the_caller_whole() throws Exception {
        List<Any> details = List.of(Any.pack(Echo.text("why")));
        TtrpcException thrown =
                failureOf(new TtrpcException(StatusCode.ABORTED, "lost the race", details));
        assertEquals(TtrpcException.Origin.PEER, thrown.origin());
        assertEquals(StatusCode.ABORTED, thrown.code());
        assertEquals("lost the race", thrown.getMessage());
        assertEquals(details, thrown.details());
    }

    @Test
    void other_exceptions_of_a_handler_get_the_code_that_fits() throws Exception {
        assertEquals(StatusCode.NOT_FOUND, failureOf(new NoSuchFileException("x")).code());
        assertEquals(
                StatusCode.ALREADY_EXISTS, failureOf(new FileAlreadyExistsException("x")).code());
        assertEquals(StatusCode.OUT_OF_RANGE, failureOf(new EOFException("x")).code());
        assertEquals(
                StatusCode.INVALID_ARGUMENT, failureOf(new IllegalArgumentException("x")).code());
        assertEquals(StatusCode.UNKNOWN, failureOf(new IllegalStateException("x")).code());
        assertEquals("IllegalStateException", failureOf(new IllegalStateException()).getMessage());
        assertEquals(StatusCode.INTERNAL, failureOf(new StackOverflowError()).code());
    }

    @Test
    void an_error_with_a_message_beyond_the_limit_is_told_shorter() throws Exception {
        String huge = "x".repeat(Frames.LARGEST);
        assertEquals(
                StatusCode.RESOURCE_EXHAUSTED, failureOf(new IllegalStateException(huge)).code());
    }

    @Test
    void unknown_services_and_methods_are_unimplemented() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            TtrpcException method = fails(client, Echo.method("Nothing"));
            assertEquals(StatusCode.UNIMPLEMENTED, method.code());
            assertEquals("method Nothing", method.getMessage());
            TtrpcException service =
                    fails(
                            client,
                            TtrpcMethod.unary(
                                    "no.Service",
                                    "Say",
                                    StringValue.getDefaultInstance(),
                                    StringValue.getDefaultInstance()));
            assertEquals("service no.Service", service.getMessage());
        }
    }

    @Test
    void a_handler_without_an_answer_is_unknown() throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(Echo.SAY, (request, context) -> null)
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            TtrpcException thrown = fails(client, Echo.SAY);
            assertEquals(StatusCode.UNKNOWN, thrown.code());
            assertEquals("ttrpc: marshal called with nil", thrown.getMessage());
        }
    }

    @Test
    void answers_come_in_the_order_of_completion() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TtrpcServer server =
                        Echo.server()
                                .unary(
                                        Echo.BLOCK,
                                        (request, context) -> {
                                            release.await();
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<StringValue> slow =
                    client.callAsync(Echo.BLOCK, Echo.text("slow"), CallOptions.NONE);
            assertEquals(
                    "fast", client.call(Echo.SAY, Echo.text("fast"), CallOptions.NONE).getValue());
            assertFalse(slow.isDone());
            release.countDown();
            assertEquals("slow", slow.get().getValue());
        }
    }

    @Test
    void an_async_handler_answers_later_without_a_thread() throws Exception {
        CompletableFuture<StringValue> answer = new CompletableFuture<>();
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .async(
                                        Echo.SAY,
                                        (request, context) -> {
                                            ranOn.complete(Thread.currentThread());
                                            return answer;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<StringValue> call =
                    client.callAsync(Echo.SAY, Echo.text(""), CallOptions.NONE);
            assertTrue(ranOn.get().getName().startsWith("davit-ttrpc-server"));
            answer.complete(Echo.text("at last"));
            assertEquals("at last", call.get().getValue());
        }
    }

    @Test
    void callers_in_parallel_each_get_their_own_answer() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            List<CompletableFuture<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int caller = i;
                callers.add(CompletableFuture.supplyAsync(() -> repeat(client, caller)));
            }
            for (CompletableFuture<Integer> caller : callers) {
                assertEquals(200, caller.get());
            }
            assertEquals(0, client.droppedAnswers());
        }
    }

    private static int repeat(TtrpcClient client, int caller) {
        int right = 0;
        try {
            for (int i = 0; i < 200; i++) {
                String text = caller + "/" + i;
                StringValue answer = client.call(Echo.SAY, Echo.text(text), CallOptions.NONE);
                right += answer.getValue().equals(text) ? 1 : 0;
            }
        } catch (TtrpcException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return right;
    }

    @Test
    void the_caller_s_deadline_ends_the_call_and_interrupts_the_handler() throws Exception {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        try (TtrpcServer server =
                        Echo.server()
                                .unary(
                                        Echo.BLOCK,
                                        (request, context) -> {
                                            context.onCancel(told::countDown);
                                            try {
                                                new CountDownLatch(1).await();
                                            } catch (InterruptedException e) {
                                                cancelled.complete(context.isCancelled());
                                                late.await();
                                                throw e;
                                            }
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            TtrpcException thrown =
                    assertThrows(
                            TtrpcException.class,
                            () -> client.call(Echo.BLOCK, Echo.text(""), SHORT));
            assertEquals(TtrpcException.Origin.DEADLINE, thrown.origin());
            assertEquals(StatusCode.DEADLINE_EXCEEDED, thrown.code());
            late.countDown();
            assertTrue(cancelled.get());
            assertTrue(told.await(10, TimeUnit.SECONDS));
            Await.until(() -> client.droppedAnswers() == 1);
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
        }
    }

    @Test
    void a_future_fails_at_its_deadline() throws Exception {
        try (TtrpcServer server = blocking().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<StringValue> call =
                    client.callAsync(Echo.BLOCK, Echo.text(""), SHORT);
            ExecutionException thrown = assertThrows(ExecutionException.class, call::get);
            TtrpcException cause = assertInstanceOf(TtrpcException.class, thrown.getCause());
            assertEquals(StatusCode.DEADLINE_EXCEEDED, cause.code());
        }
    }

    @Test
    void a_cancelled_future_forgets_its_call() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(
                                        Echo.BLOCK,
                                        (request, context) -> {
                                            release.await();
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<StringValue> call =
                    client.callAsync(Echo.BLOCK, Echo.text(""), CallOptions.NONE);
            assertTrue(call.cancel(true));
            release.countDown();
            Await.until(() -> client.droppedAnswers() == 1);
        }
    }

    @Test
    void an_interrupted_caller_leaves_and_the_connection_stays() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (TtrpcServer server =
                        Echo.server()
                                .unary(
                                        Echo.BLOCK,
                                        (request, context) -> {
                                            running.countDown();
                                            new CountDownLatch(1).await();
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread caller =
                    new Thread(
                            () ->
                                    outcome.complete(
                                            assertThrows(
                                                    InterruptedException.class,
                                                    () ->
                                                            client.call(
                                                                    Echo.BLOCK,
                                                                    Echo.text(""),
                                                                    CallOptions.NONE))));
            caller.start();
            running.await();
            caller.interrupt();
            assertInstanceOf(InterruptedException.class, outcome.get());
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
        }
    }

    @Test
    void a_call_made_while_interrupted_does_not_close_the_connection() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            Thread.currentThread().interrupt();
            assertThrows(
                    InterruptedException.class,
                    () -> client.call(Echo.SAY, Echo.text(""), CallOptions.NONE));
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
        }
    }

    @Test
    void a_message_of_exactly_the_limit_passes_both_ways() throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(Echo.BYTES, (request, context) -> request)
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            BytesValue largest = bytes(Frames.LARGEST - envelope(Echo.BYTES));
            assertEquals(largest, client.call(Echo.BYTES, largest, CallOptions.NONE));
            TtrpcException thrown =
                    assertThrows(
                            TtrpcException.class,
                            () ->
                                    client.call(
                                            Echo.BYTES,
                                            bytes(Frames.LARGEST - envelope(Echo.BYTES) + 1),
                                            CallOptions.NONE));
            assertEquals(TtrpcException.Origin.LOCAL, thrown.origin());
            assertEquals(StatusCode.RESOURCE_EXHAUSTED, thrown.code());
            assertEquals(
                    "message length 4194305 exceed maximum message size of 4194304",
                    thrown.getMessage());
        }
    }

    @Test
    void an_answer_beyond_the_limit_fails_that_call_alone() throws Exception {
        try (TtrpcServer server =
                        Echo.server()
                                .unary(Echo.BYTES, (request, context) -> bytes(Frames.LARGEST))
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            TtrpcException thrown =
                    assertThrows(
                            TtrpcException.class,
                            () -> client.call(Echo.BYTES, bytes(1), CallOptions.NONE));
            assertEquals(StatusCode.RESOURCE_EXHAUSTED, thrown.code());
            assertEquals("on", client.call(Echo.SAY, Echo.text("on"), CallOptions.NONE).getValue());
        }
    }

    private static BytesValue bytes(int size) {
        return BytesValue.of(ByteString.copyFrom(new byte[size]));
    }

    /** What a request adds to the bytes of a large message of this method. */
    private static int envelope(TtrpcMethod<?, ?> method) {
        int names = 2 + method.service().length() + 2 + method.name().length();
        int payload = 1 + 4;
        int value = 1 + 4;
        return names + payload + value;
    }

    private static TtrpcServer.Builder blocking() {
        return TtrpcServer.builder()
                .unary(
                        Echo.BLOCK,
                        (request, context) -> {
                            new CountDownLatch(1).await();
                            return request;
                        });
    }

    private TtrpcException failureOf(Throwable thrown) throws Exception {
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(Echo.SAY, (request, context) -> sneak(thrown))
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            return fails(client, Echo.SAY);
        }
    }

    private static StringValue sneak(Throwable thrown) throws Exception {
        if (thrown instanceof Exception exception) {
            throw exception;
        }
        throw (Error) thrown;
    }

    private static TtrpcException fails(
            TtrpcClient client, TtrpcMethod<StringValue, StringValue> method) {
        return assertThrows(
                TtrpcException.class, () -> client.call(method, Echo.text(""), CallOptions.NONE));
    }

    private Path socket() {
        return Echo.socket(directory);
    }
}

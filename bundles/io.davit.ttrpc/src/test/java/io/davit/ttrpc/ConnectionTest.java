package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.StringValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Connections: who may make them, how many, and how they end. */
@Timeout(60)
@SuppressWarnings("try") // servers are there for their clients
class ConnectionTest {
    private static final PeerPolicy NOBODY = peer -> false;

    @TempDir Path directory;

    @Test
    void a_peer_of_the_same_user_is_accepted_and_known() throws Exception {
        CompletableFuture<PeerPolicy.Peer> seen = new CompletableFuture<>();
        try (TtrpcServer server =
                        TtrpcServer.builder()
                                .unary(
                                        Echo.SAY,
                                        (request, context) -> {
                                            seen.complete(context.peer());
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            client.call(Echo.SAY, Echo.text(""), CallOptions.NONE);
            assertEquals(PeerCredentials.own(), seen.get());
            assertEquals(0, server.refusedConnections());
        }
    }

    @Test
    void a_server_closes_a_peer_its_policy_refuses() throws Exception {
        try (TtrpcServer server = Echo.server().peers(NOBODY).listen(socket());
                RawPeer peer = RawPeer.connect(socket())) {
            peer.awaitEnd();
            assertEquals(1, server.refusedConnections());
            assertEquals(0, server.connections());
        }
    }

    @Test
    void a_client_does_not_talk_to_a_server_its_policy_refuses() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket())) {
            IOException thrown =
                    assertThrows(
                            IOException.class,
                            () -> TtrpcClient.builder().peers(NOBODY).connect(socket()));
            assertTrue(thrown.getMessage().contains("server is not whom it should be"));
            Await.until(() -> server.connections() == 0);
        }
    }

    @Test
    void a_missing_socket_a_dead_one_and_a_full_one_are_told_apart() throws Exception {
        assertThrows(NoSuchFileException.class, () -> TtrpcClient.connect(socket()));
        new RawPeer.Server(socket()).close();
        assertThrows(ConnectException.class, () -> TtrpcClient.connect(socket()));
        Files.delete(socket());
        List<SocketChannel> waiting = new ArrayList<>();
        try (RawPeer.Server stopped = new RawPeer.Server(socket(), 1)) {
            Throwable full = fill(waiting);
            assertEquals(SocketTimeoutException.class, full.getClass());
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    /** Connects until nobody accepts any more. */
    private Throwable fill(List<SocketChannel> waiting) throws IOException {
        try (TtrpcLoop loop = TtrpcLoop.start("davit-ttrpc-test", 1)) {
            while (true) {
                waiting.add(Connecting.to(socket(), Duration.ofMillis(200), loop.next()));
            }
        } catch (SocketTimeoutException e) {
            return e;
        }
    }

    @Test
    void the_socket_is_closed_to_others_and_removed_at_the_end() throws Exception {
        try (TtrpcServer server = Echo.server().listen(socket())) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        }
        assertFalse(Files.exists(socket()));
    }

    @Test
    void a_stale_socket_is_replaced_and_nothing_else_is() throws Exception {
        new RawPeer.Server(socket()).close();
        try (TtrpcServer first = Echo.server().listen(socket())) {
            IOException thrown =
                    assertThrows(IOException.class, () -> Echo.server().listen(socket()));
            assertEquals(BindException.class, thrown.getCause().getClass());
        }
        Files.writeString(socket(), "not a socket");
        assertThrows(IOException.class, () -> Echo.server().listen(socket()));
        assertEquals("not a socket", Files.readString(socket()));
    }

    @Test
    void a_socket_put_in_place_of_ours_is_left_alone() throws Exception {
        TtrpcServer first = Echo.server().listen(socket());
        Files.move(socket(), directory.resolve("aside"));
        try (TtrpcServer second = Echo.server().listen(socket())) {
            first.close();
            assertTrue(Files.exists(socket()));
        }
    }

    @Test
    void calls_fail_before_the_close_is_told_and_it_is_told_once() throws Exception {
        List<String> order = new ArrayList<>();
        CountDownLatch told = new CountDownLatch(1);
        try (RawPeer.Server listener = new RawPeer.Server(socket())) {
            TtrpcClient client =
                    TtrpcClient.builder()
                            .onClose(
                                    why -> {
                                        order.add("closed");
                                        told.countDown();
                                    })
                            .connect(socket());
            CompletableFuture<Void> call =
                    client.callAsync(Echo.SAY, Echo.text(""), CallOptions.NONE)
                            .handle(
                                    (answer, thrown) -> {
                                        order.add("failed");
                                        return null;
                                    });
            listener.accept().close();
            call.get();
            assertTrue(told.await(10, TimeUnit.SECONDS));
            client.close();
            client.close();
            assertEquals(List.of("failed", "closed"), order);
            assertFalse(client.isOpen());
        }
    }

    @Test
    void closing_a_client_fails_its_calls_and_those_to_come() throws Exception {
        try (RawPeer.Server listener = new RawPeer.Server(socket())) {
            TtrpcClient client = TtrpcClient.connect(socket());
            CompletableFuture<StringValue> call =
                    client.callAsync(Echo.SAY, Echo.text(""), CallOptions.NONE);
            client.close();
            ExecutionException thrown = assertThrows(ExecutionException.class, call::get);
            assertEquals("ttrpc: closed", thrown.getCause().getMessage());
            TtrpcException late =
                    assertThrows(
                            TtrpcException.class,
                            () -> client.call(Echo.SAY, Echo.text(""), CallOptions.NONE));
            assertEquals(TtrpcException.Origin.CLOSED, late.origin());
            listener.accept().awaitEnd();
        }
    }

    @Test
    void an_answer_that_arrived_before_the_close_is_delivered() throws Exception {
        try (RawPeer.Server listener = new RawPeer.Server(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            RawPeer peer = listener.accept();
            for (int i = 0; i < 20; i++) {
                CompletableFuture<StringValue> call =
                        client.callAsync(Echo.SAY, Echo.text(""), CallOptions.NONE);
                int id = peer.read().id();
                peer.answer(id, Echo.text("in time"));
                if (i == 19) {
                    peer.close();
                }
                assertEquals("in time", call.get().getValue());
            }
        }
    }

    @Test
    void a_shutdown_lets_calls_finish_and_takes_no_new_ones() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TtrpcServer server =
                        Echo.server()
                                .unary(
                                        Echo.BLOCK,
                                        (request, context) -> {
                                            running.countDown();
                                            release.await();
                                            return request;
                                        })
                                .listen(socket());
                TtrpcClient client = TtrpcClient.connect(socket())) {
            CompletableFuture<StringValue> call =
                    client.callAsync(Echo.BLOCK, Echo.text("done"), CallOptions.NONE);
            running.await();
            CompletableFuture<Boolean> whole =
                    CompletableFuture.supplyAsync(() -> shutdown(server));
            Await.until(() -> !Files.exists(socket()));
            assertEquals(
                    StatusCode.UNAVAILABLE,
                    assertThrows(
                                    TtrpcException.class,
                                    () -> client.call(Echo.SAY, Echo.text(""), CallOptions.NONE))
                            .code());
            release.countDown();
            assertEquals("done", call.get().getValue());
            assertTrue(whole.get());
        }
    }

    private static boolean shutdown(TtrpcServer server) {
        try {
            return server.shutdown(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_thousand_connections_share_two_threads() throws Exception {
        List<TtrpcClient> clients = new ArrayList<>();
        int before = Thread.activeCount();
        try (TtrpcLoop loop = TtrpcLoop.start("davit-ttrpc-test", 2);
                TtrpcServer server =
                        TtrpcServer.builder()
                                .async(
                                        Echo.SAY,
                                        (q, context) -> CompletableFuture.completedFuture(q))
                                .loop(loop)
                                .listen(socket())) {
            for (int i = 0; i < 1000; i++) {
                clients.add(TtrpcClient.builder().loop(loop).connect(socket()));
            }
            List<CompletableFuture<StringValue>> calls = new ArrayList<>();
            for (TtrpcClient client : clients) {
                calls.add(client.callAsync(Echo.SAY, Echo.text("x"), CallOptions.NONE));
            }
            for (CompletableFuture<StringValue> call : calls) {
                assertEquals("x", call.get().getValue());
            }
            assertEquals(1000, server.connections());
            assertTrue(Thread.activeCount() <= before + 2);
        }
        for (TtrpcClient client : clients) {
            assertFalse(client.isOpen());
        }
    }

    @Test
    void closing_the_loop_ends_everything_on_it() throws Exception {
        TtrpcLoop loop = TtrpcLoop.start("davit-ttrpc-test", 1);
        try (TtrpcServer server = Echo.server().loop(loop).listen(socket());
                TtrpcClient client = TtrpcClient.builder().loop(loop).connect(socket())) {
            client.call(Echo.SAY, Echo.text(""), CallOptions.NONE);
            loop.close();
            assertFalse(client.isOpen());
            assertEquals(0, server.connections());
            assertFalse(Files.exists(socket()));
            assertThrows(
                    IOException.class, () -> TtrpcClient.builder().loop(loop).connect(socket()));
        }
    }

    private Path socket() {
        return Echo.socket(directory);
    }
}

package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Real clients, good and hostile, at a real socket. */
@Timeout(60)
class ControlServerTest {
    private static final ControlLimits HASTY =
            new ControlLimits(3, Duration.ofSeconds(1), Duration.ofSeconds(1));

    /** More than a socket takes, less than may wait to be sent besides. */
    private static final int MUCH = 300 << 10;

    @TempDir Path directory;
    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private ServerSocketChannel socket;
    private ControlServer server;

    /** Commands for tests. */
    private final class Commands implements ControlServer.Commands {
        @Override
        public int run(ControlRequest request, Session session) {
            try {
                return run(request.words(), session);
            } catch (IOException | InterruptedException e) {
                ended.add(e.getClass().getSimpleName());
                return 130;
            }
        }

        private int run(List<String> words, Session session)
                throws IOException, InterruptedException {
            switch (words.get(0)) {
                case "cat" -> session.in().transferTo(session.out());
                case "flood" -> {
                    session.patient();
                    byte[] much = new byte[1 << 16];
                    while (true) {
                        session.out().write(much);
                    }
                }
                case "much" -> {
                    session.patient();
                    session.out().write(new byte[MUCH]);
                    ended.add("much");
                }
                case "sleep" -> new CountDownLatch(1).await();
                case "hook" -> {
                    CountDownLatch over = new CountDownLatch(1);
                    session.onCancel(over::countDown);
                    session.out().write('x');
                    over.await();
                    session.out().write("over".getBytes(StandardCharsets.UTF_8));
                }
                default -> session.err().write(words.toString().getBytes(StandardCharsets.UTF_8));
            }
            return 7;
        }

        @Override
        public void refused(String caller, String why) {
            refused.add(caller + " " + why);
        }
    }

    private Path start(ControlLimits limits, String user) throws IOException {
        Path path = directory.resolve("s");
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(path));
        server = server(limits, user);
        server.start();
        return path;
    }

    private ControlServer server(ControlLimits limits, String user) throws IOException {
        return new ControlServer(
                socket,
                new ControlPeers("me", "", Path.of("/nonexistent")),
                limits,
                new Commands(),
                channel -> new Credentials(user, "users"));
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(5000);
        socket.close();
    }

    @Test
    void output_errors_and_status_come_back() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient client = new TestClient(path)) {
            client.ask("say", "a b");
            assertEquals(7, client.status());
            assertEquals("[say, a b]", client.err());
            assertEquals(-1, client.status());
        }
    }

    @Test
    void input_goes_in_as_it_is_asked_for() throws Exception {
        Path path = start(ControlLimits.USUAL, "root");
        try (TestClient client = new TestClient(path)) {
            client.ask("cat");
            assertTrue(client.frame().getInt() > 0);
            client.send(TestClient.frame(ClientFrames.INPUT, "hello".getBytes("UTF-8")));
            client.send(TestClient.frame(ClientFrames.INPUT));
            assertEquals(7, client.status());
            assertEquals("hello", client.out());
        }
    }

    @Test
    void another_user_is_turned_away_and_recorded() throws Exception {
        Path path = start(ControlLimits.USUAL, "mallory");
        try (TestClient client = new TestClient(path)) {
            assertEquals(125, client.status());
            assertEquals("davit: not allowed here: user=mallory:users\n", client.err());
        }
        assertTrue(refused.poll(10, TimeUnit.SECONDS).startsWith("mallory:users not allowed"));
    }

    @Test
    void one_connection_too_many_is_refused_and_room_is_used_again() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        List<TestClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                clients.add(new TestClient(path));
                clients.get(i).ask("hook");
                assertEquals(1, clients.get(i).frame().remaining());
            }
            try (TestClient client = new TestClient(path)) {
                assertEquals(125, client.status());
                assertTrue(client.err().contains("too many connections: most=64"));
            }
            clients.get(5).send(TestClient.frame(ClientFrames.CANCEL));
            assertEquals(7, clients.get(5).status());
            clients.get(5).close();
            awaitRoom(path);
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
        }
    }

    private static void awaitRoom(Path path) throws IOException {
        int status = 125;
        while (status == 125) {
            try (TestClient client = new TestClient(path)) {
                client.ask("say");
                status = client.status();
            } catch (IOException e) {
                // Refused while it was asking.
            }
        }
        assertEquals(7, status);
    }

    @Test
    void who_asks_for_nothing_is_sent_away() throws Exception {
        Path path = start(HASTY, "me");
        try (TestClient client = new TestClient(path)) {
            assertEquals(-1, client.status());
        }
    }

    @Test
    void who_sends_half_a_frame_is_sent_away() throws Exception {
        Path path = start(HASTY, "me");
        try (TestClient client = new TestClient(path)) {
            client.ask("sleep");
            client.send(new byte[] {0, 0, 0});
            assertEquals(-1, client.status());
        }
        assertEquals("InterruptedException", ended.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void who_breaks_a_rule_is_sent_away_and_the_command_ends() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        byte[][] bad = {
            TestClient.frame(ClientFrames.REQUEST, TestClient.request("say")),
            TestClient.frame(ClientFrames.INPUT, new byte[1]),
            TestClient.frame(ClientFrames.SIZE, new byte[3]),
            TestClient.frame(99),
            {127, 0, 0, 0, ClientFrames.INPUT}
        };
        for (byte[] each : bad) {
            try (TestClient client = new TestClient(path)) {
                client.ask("sleep");
                client.send(each);
                assertEquals(-1, client.status());
            }
            assertEquals("InterruptedException", ended.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_request_of_another_version_is_told_so() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient client = new TestClient(path)) {
            client.send(
                    TestClient.frame(
                            ClientFrames.REQUEST, TestClient.request(9, "/", List.of("say"))));
            assertEquals(125, client.status());
            assertTrue(client.err().contains("different versions"));
        }
    }

    @Test
    void a_client_that_leaves_ends_its_command() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient client = new TestClient(path)) {
            client.ask("sleep");
        }
        assertEquals("InterruptedException", ended.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void a_cancelled_command_ends_as_it_asked_for_and_is_heard() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient client = new TestClient(path)) {
            client.ask("hook");
            assertEquals(1, client.frame().remaining());
            client.send(TestClient.frame(ClientFrames.CANCEL));
            assertEquals(7, client.status());
            assertEquals("over", client.out());
        }
    }

    @Test
    void a_client_that_does_not_read_holds_up_nobody_else() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient stopped = new TestClient(path)) {
            stopped.ask("flood");
            assertTrue(stopped.frame().hasRemaining());
            try (TestClient other = new TestClient(path)) {
                other.ask("say");
                assertEquals(7, other.status());
            }
        }
        assertEquals("IOException", ended.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void who_reads_late_is_sent_everything_that_was_said() throws Exception {
        Path path = start(HASTY, "me");
        try (TestClient late = new TestClient(path)) {
            late.ask("much");
            assertEquals("much", ended.poll(10, TimeUnit.SECONDS));
            try (TestClient idle = new TestClient(path)) {
                // As long as anybody is waited for who does nothing.
                assertEquals(-1, idle.status());
            }
            assertEquals(7, late.status());
            assertEquals(MUCH, late.out().length());
        }
    }

    @Test
    void output_that_nobody_reads_any_more_is_refused() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        try (TestClient client = new TestClient(path)) {
            client.ask("flood");
            assertTrue(client.frame().hasRemaining());
            client.send(TestClient.frame(ClientFrames.BROKEN));
            assertEquals(130, client.status());
        }
        assertEquals("IOException", ended.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void a_successor_serves_who_connected_between() throws Exception {
        Path path = start(ControlLimits.USUAL, "me");
        server.stop(5000);
        try (TestClient client = new TestClient(path)) {
            client.ask("say");
            server = server(ControlLimits.USUAL, "me");
            server.start();
            assertEquals(7, client.status());
        }
    }
}

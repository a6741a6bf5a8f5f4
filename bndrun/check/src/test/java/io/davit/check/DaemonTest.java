package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A daemon and its clients, each in a process of its own. */
@Timeout(300)
class DaemonTest {
    @TempDir static Path home;
    private static Davit davit;
    private static Daemon daemon;
    private static String spin;
    private static String cat;

    @BeforeAll
    static void start_a_daemon() throws Exception {
        davit = new Davit(home);
        spin = davit.module("spin", Modules.spin());
        cat = davit.module("cat", Modules.cat());
        assertTrue(davit.task("list").refused().contains("no daemon runs here"));
        daemon = Daemon.start(davit);
    }

    @AfterAll
    static void stop_it() throws Exception {
        if (daemon != null) {
            daemon.close();
        }
    }

    /** Waits until a task is there, or is gone. */
    private static void await(String id, boolean there) throws Exception {
        while (davit.task("list", "--json").good().contains("\"id\":\"" + id + "\"") != there) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_second_daemon_is_refused() throws Exception {
        Process second = davit.start(davit.line(List.of("daemon")));
        assertTrue(Davit.finish(second, new byte[0]).refused().contains("is used by another run"));
    }

    @Test
    void the_socket_and_its_directory_are_private() throws Exception {
        assertEquals("rw-------", mode(davit.state().resolve("davit.sock")));
        assertEquals("rwx------", mode(davit.state()));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_client_too_many_is_told_so() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                Path socket = davit.state().resolve("davit.sock");
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                waiting.add(channel);
                channel.write(request("/", "task", "events"));
            }
            assertTrue(davit.task("list").refused().contains("too many connections: most=64"));
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
        while (davit.task("list").status() != 0) {
            Thread.onSpinWait();
        }
    }

    private static ByteBuffer request(String... texts) {
        ByteBuffer body = ByteBuffer.allocate(256).putInt(1);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            body.putInt(bytes.length).put(bytes);
        }
        body.flip();
        ByteBuffer frame = ByteBuffer.allocate(512).putInt(body.remaining()).put((byte) 1);
        return frame.put(body).flip();
    }

    @Test
    void a_detached_task_lives_and_dies() throws Exception {
        assertEquals("life\n", davit.run(new byte[0], "--detach", "--id", "life", spin).good());
        assertTrue(davit.task("list").good().contains("io.davit.wasm.v1"));
        assertTrue(davit.task("info", "life").good().contains("RUNNING"));
        assertTrue(davit.task("stats", "--json", "life").good().contains("\"cpuNanos\":"));
        assertTrue(davit.task("ps", "life").good().startsWith("PID"));
        assertTrue(davit.task("delete", "life").refused().contains("life"));
        assertEquals(124, davit.task("wait", "--timeout", "100ms", "life").status());
        davit.task("kill", "--signal", "KILL", "life").good();
        assertEquals(137, davit.task("wait", "life").status());
        assertTrue(davit.task("info", "life", "--json").good().contains("\"status\":137"));
        davit.task("delete", "life").good();
        assertTrue(davit.task("info", "life").refused().contains("no such task"));
        String events = davit.task("events", "--after", "0", "--count", "4", "life").good();
        List<String> topics = events.lines().map(line -> line.split(" ")[2]).toList();
        assertEquals(
                List.of("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"), topics);
    }

    @Test
    void the_output_of_a_detached_task_is_kept() throws Exception {
        davit.run(new byte[0], "--detach", "--id", "log", "--env", "A=b", spin).good();
        davit.task("kill", "log").good();
        assertEquals(143, davit.task("wait", "log").status());
        assertEquals("", davit.task("logs", "log").good());
        davit.task("delete", "log").good();
        String hello = System.getProperty("davit.hello");
        davit.run(new byte[0], "--detach", "--id", "hello", hello).good();
        String followed = davit.task("logs", "-f", "hello").good();
        assertFalse(followed.isEmpty());
        assertEquals(0, davit.task("wait", "hello").status());
        assertEquals(followed, davit.task("logs", "hello").good());
        davit.task("delete", "hello").good();
    }

    @Test
    void a_task_that_is_made_is_started_by_hand() throws Exception {
        String exit = davit.module("exit", Modules.exit(42));
        assertEquals("made\n", davit.task("create", "--id", "made", exit).good());
        assertTrue(davit.task("info", "made").good().contains("CREATED"));
        davit.task("start", "made").good();
        assertEquals(42, davit.task("wait", "made").status());
        davit.task("delete", "made").good();
    }

    @Test
    void a_task_of_its_caller_has_its_caller_s_streams() throws Exception {
        byte[] input = new byte[3_000_000];
        new Random(5).nextBytes(input);
        Davit.Said said = davit.run(input, cat);
        assertEquals(0, said.status(), said.err());
        assertArrayEquals(input, said.out());
        String exit = davit.module("exit7", Modules.exit(7));
        assertEquals(7, davit.run(new byte[0], exit).status());
    }

    @Test
    void a_further_process_runs_in_the_files_of_its_task() throws Exception {
        String bind = cat + ":/cat.wasm:ro";
        davit.run(new byte[0], "-d", "--id", "host", "--bind", bind, spin).good();
        Process exec = davit.start(davit.line(List.of("task", "exec"), "-i", "host", "/cat.wasm"));
        Davit.Said said = Davit.finish(exec, "to and fro".getBytes("UTF-8"));
        assertEquals(0, said.status(), said.err());
        assertEquals("to and fro", said.text());
        davit.task("delete", "--force", "host").good();
    }

    @Test
    void what_its_caller_leaves_behind_is_removed() throws Exception {
        Process client = davit.start(davit.line(List.of("run"), "--id", "orphan", spin));
        await("orphan", true);
        client.destroyForcibly();
        await("orphan", false);
        Process terminated = davit.start(davit.line(List.of("run"), "--id", "ended", spin));
        await("ended", true);
        terminated.toHandle().destroy();
        assertEquals(143, Davit.finish(terminated, new byte[0]).status());
        assertFalse(davit.task("list", "--json").good().contains("\"ended\""));
    }

    @Test
    void mounts_are_listed_and_checked() throws Exception {
        assertTrue(davit.mount("list").good().startsWith("NAME"));
        assertEquals("[]\n", davit.mount("list", "--json").good());
        assertTrue(davit.mount("fsck").good().startsWith("no leaks\n"));
        assertTrue(davit.mount("gc", "--dry-run").good().startsWith("ACTIVATION"));
        assertTrue(davit.mount("info", "nosuch").refused().contains("nosuch"));
        assertTrue(davit.mount("explain", "nosuch").refused().contains("nosuch"));
    }

    @Test
    void nonsense_is_refused_with_a_line() throws Exception {
        assertTrue(davit.task("nosuch").refused().contains("there are: attach, "));
        assertTrue(davit.task("info", "../etc").refused().contains("identifier \"..\""));
        assertTrue(davit.task("info", "a\nb").refused().contains("a\\nb"));
        assertTrue(davit.task("kill", "a", "--signal", "SIGFOO").refused().contains("SIGFOO"));
        assertTrue(davit.task("wait", "nosuch").refused().contains("no such task"));
        assertTrue(davit.run(new byte[0], "-t", cat).refused().contains("terminal"));
    }

    @Test
    void a_daemon_that_is_terminated_ends_its_tasks_and_knows_them_afterwards() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Davit again = new Davit(other);
        try (Daemon first = Daemon.start(again)) {
            again.run(new byte[0], "-d", "--id", "survivor", spin).good();
            first.terminate();
        }
        assertFalse(Files.exists(again.state().resolve("davit.sock")));
        assertTrue(again.task("list").refused().contains("no daemon runs here"));
        try (Daemon second = Daemon.start(again)) {
            assertTrue(again.task("info", "survivor").good().contains("STOPPED"));
            again.task("delete", "survivor").good();
            assertTrue(again.mount("fsck").good().startsWith("no leaks"));
            second.terminate();
        }
    }

    @Test
    void a_daemon_that_was_killed_is_replaced() throws Exception {
        Path other = Files.createDirectory(home.resolve("killed"));
        Davit again = new Davit(other);
        try (Daemon first = Daemon.start(again)) {
            again.run(new byte[0], "-d", "--id", "lost", spin).good();
            first.kill();
        }
        assertTrue(again.task("list").refused().contains("no daemon runs here"));
        try (Daemon second = Daemon.start(again)) {
            assertTrue(again.task("info", "lost").good().contains("STOPPED"));
            again.task("delete", "lost").good();
            second.terminate();
        }
    }

    @Test
    void what_changes_something_is_recorded() throws Exception {
        davit.run(new byte[0], "-d", "--id", "noted", "--env", "SECRET=hush", spin).good();
        davit.task("kill", "noted").good();
        davit.task("delete", "--force", "noted").good();
        Path log = davit.root().resolve("audit.log");
        List<String> lines =
                Files.readAllLines(log).stream().filter(l -> l.contains("/noted\"")).toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).contains("\"what\":\"run\""));
        assertTrue(lines.get(1).contains("\"signal\":\"SIGTERM\""));
        assertFalse(Files.readString(log).contains("hush"));
        assertEquals("rw-------", mode(log));
    }
}

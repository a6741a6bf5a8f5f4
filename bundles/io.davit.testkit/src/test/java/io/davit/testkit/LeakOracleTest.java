package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.testkit.LeakOracle.Kind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Everything that can be left is seen, and nothing once it is gone. */
class LeakOracleTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path temporary;
    private Path root;
    private LeakOracle before;

    @BeforeEach
    void look() throws IOException {
        root = temporary.toRealPath();
        before = LeakOracle.now(root, root.getFileName().toString());
    }

    private void assertSees(Kind kind, String what) throws IOException {
        assertTrue(
                before.left(EnumSet.of(kind)).stream().anyMatch(each -> each.contains(what)),
                () -> kind + " not seen: " + what);
        assertThrows(AssertionFailedError.class, () -> before.assertNothingNew(Duration.ZERO));
    }

    @Test
    void a_machine_as_it_was_has_no_leaks() throws Exception {
        before.assertNothingNew(Duration.ZERO);
    }

    @Test
    void processes_are_seen_by_their_directory_until_they_are_buried() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").directory(root.toFile()).start();
        try {
            assertSees(Kind.PROCESS, "sleep");
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
        before.assertNothingNew(LONG);
    }

    @Test
    void processes_of_others_are_seen_by_their_environment() throws Exception {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", "sleep 1000 </dev/null & echo $!");
        shell.environment().put("DAVIT_TEST", root.toString());
        Process process = shell.start();
        long pid = Long.parseLong(process.inputReader().readLine());
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        try {
            assertSees(Kind.PROCESS, pid + " sleep");
        } finally {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        before.assertNothingNew(LONG);
    }

    @Test
    void files_pipes_and_sockets_are_told_apart() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "");
        Path pipe = root.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Path socket = root.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertSees(Kind.FILE, file.toString());
            assertSees(Kind.FIFO, pipe.toString());
            assertSees(Kind.SOCKET, socket.toString());
            assertEquals(1, before.left(EnumSet.of(Kind.FILE)).size());
            assertEquals(1, before.left(EnumSet.of(Kind.FIFO)).size());
        }
        for (Path each : new Path[] {file, pipe, socket}) {
            Files.delete(each);
        }
        before.assertNothingNew(LONG);
    }

    @Test
    void open_files_and_threads_are_seen() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                end.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "davit-left");
        thread.start();
        Path file = root.resolve("open");
        try (OutputStream open = Files.newOutputStream(file)) {
            open.write(1);
            assertSees(Kind.DESCRIPTOR, file.toString());
            assertSees(Kind.THREAD, "davit-left");
        } finally {
            end.countDown();
        }
        Files.delete(file);
        before.assertNothingNew(LONG);
    }
}

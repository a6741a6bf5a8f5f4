package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A daemon of a test. */
final class Daemon implements AutoCloseable {
    private static final long SECONDS = 60;
    private static final int TERMINATED = 143;

    private final Process process;

    private Daemon(Process process) {
        this.process = process;
    }

    /** Starts a daemon and waits until it says that it is ready. */
    static Daemon start(Davit davit) throws IOException {
        Process process = davit.start(davit.line(List.of("daemon")));
        BufferedReader err =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        String line = err.readLine();
        while (line != null && !line.startsWith("davit: daemon is ready: socket=")) {
            said.append(line).append('\n');
            line = err.readLine();
        }
        assertTrue(line != null, () -> "daemon does not start: " + said);
        Thread drain = new Thread(() -> err.lines().forEach(System.out::println), "daemon-err");
        drain.setDaemon(true);
        drain.start();
        return new Daemon(process);
    }

    /** Ends it as a service manager does. */
    void terminate() throws InterruptedException {
        process.toHandle().destroy(); // leaves its streams open
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "daemon does not end");
        assertEquals(TERMINATED, process.exitValue());
    }

    /** Kills it as the kernel does, and waits. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}

package io.davit.features;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Karaf on free ports of this machine that takes artifacts from its own folder and one more, and
 * from nowhere else.
 */
final class Karaf implements AutoCloseable {
    private static final long SECONDS = 120;

    private final Path home;
    private final Process server;

    private Karaf(Path home, Process server) {
        this.home = home;
        this.server = server;
    }

    /** Starts a Karaf that was unpacked and never started. */
    static Karaf start(Path home, Path repository) throws IOException {
        Path etc = home.resolve("etc");
        set(
                etc.resolve("users.properties"),
                Map.of(
                        "karaf", "karaf,_g_:admingroup",
                        "_g_\\:admingroup", "group,admin,manager,viewer,systembundles,ssh"));
        set(
                etc.resolve("org.apache.karaf.shell.cfg"),
                Map.of("sshHost", "127.0.0.1", "sshPort", freePort()));
        set(
                etc.resolve("org.apache.karaf.management.cfg"),
                Map.of("rmiRegistryPort", freePort(), "rmiServerPort", freePort()));
        Map<String, String> maven = new LinkedHashMap<>();
        maven.put("org.ops4j.pax.url.mvn.repositories", "");
        maven.put(
                "org.ops4j.pax.url.mvn.defaultRepositories",
                home.resolve("system").toUri()
                        + "@id=system,"
                        + repository.toUri()
                        + "@id=davit@snapshots");
        set(etc.resolve("org.ops4j.pax.url.mvn.cfg"), maven);
        Path log = Files.createDirectories(home.resolve("data")).resolve("console.log");
        Process server =
                new ProcessBuilder(home.resolve("bin/karaf").toString(), "server")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        return new Karaf(home, server);
    }

    /** Waits until everything that Karaf starts by itself has started. */
    void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        String said = "";
        while (!said.contains("START LEVEL 100")) {
            if (System.nanoTime() > end) {
                throw new IOException("Karaf does not get ready: " + said);
            }
            said = run("bundle:list");
        }
    }

    /** Runs commands in one session and returns what they print. */
    String run(String... commands) throws IOException, InterruptedException {
        Process client =
                new ProcessBuilder(
                                home.resolve("bin/client").toString(), "-b", "-r", "60", "-d", "1")
                        .redirectErrorStream(true)
                        .redirectInput(commandFile(commands).toFile())
                        .start();
        Thread reaper = new Thread(() -> endAfterAWhile(client), "karaf-client-reaper");
        reaper.setDaemon(true);
        reaper.start();
        return new String(client.getInputStream().readAllBytes());
    }

    /** What the server has logged so far. */
    String log() throws IOException {
        return Files.readString(home.resolve("data/log/karaf.log"));
    }

    private Path commandFile(String... commands) throws IOException {
        Path file = home.resolve("data/commands");
        return Files.writeString(file, String.join("\n", commands) + "\n");
    }

    private static void endAfterAWhile(Process process) {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("system:shutdown -f");
            server.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }

    private static void set(Path file, Map<String, String> values) throws IOException {
        String text = Files.readString(file);
        for (Map.Entry<String, String> each : values.entrySet()) {
            String key = Pattern.quote(each.getKey());
            String line = each.getKey() + " = " + each.getValue();
            Matcher found = Pattern.compile("(?m)^#?" + key + " *=(.*\\\\\\R)*.*$").matcher(text);
            text =
                    found.find()
                            ? found.replaceFirst(Matcher.quoteReplacement(line))
                            : text + "\n" + line + "\n";
        }
        Files.writeString(file, text);
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}

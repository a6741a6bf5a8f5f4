package io.davit.mount.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A mount namespace that lives as long as this object, and in which processes can be started. What
 * they mount outlives them, and is gone when it is closed.
 */
final class MountNamespace implements AutoCloseable {
    private static final long LONGEST_SECONDS = 300;

    private final Process holder;

    private MountNamespace(Process holder) {
        this.holder = holder;
    }

    /** Makes one; needs root. It ends with this JVM, because its standard input does. */
    static MountNamespace make() throws IOException {
        Process holder =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "sh",
                                "-c",
                                "echo ready; exec cat")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (holder.getInputStream().read() != 'r') {
            throw new IOException("no mount namespace");
        }
        return new MountNamespace(holder);
    }

    /** Says whether this user can make one. */
    static boolean isPossible() {
        try {
            make().close();
            return true;
        } catch (IOException expected) {
            return false;
        }
    }

    /** Starts a JVM with this one's class path inside. */
    Process java(List<String> options, String main, String... args) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "--mount",
                                "--target",
                                Long.toString(holder.pid()),
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xshare:auto",
                                "-XX:+IgnoreUnrecognizedVMOptions",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
        command.addAll(options);
        command.add(main);
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Returns what is mounted below a directory, seen from inside. */
    List<String> mountsBelow(Path directory) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(holder.pid()), "mountinfo"))
                .stream()
                .map(line -> line.split(" ")[4])
                .filter(at -> (at + "/").startsWith(directory + "/"))
                .toList();
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        try {
            holder.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

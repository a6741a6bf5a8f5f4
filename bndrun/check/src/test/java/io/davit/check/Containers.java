package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What tests of containers ask the machine and a daemon. */
final class Containers {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Containers() {}

    static Path makeRootfs(Path rootfs) throws IOException {
        for (String name : List.of("bin", "proc", "sys", "dev", "tmp", "gate")) {
            Files.createDirectories(rootfs.resolve(name));
        }
        Path busybox = Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        assertTrue(busybox.toFile().setExecutable(true, false));
        for (String applet : List.of("sh", "sleep", "cat", "echo", "id", "touch", "tail", "test")) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        return rootfs;
    }

    /** Waits for the end of a process that is not ours; a dead one nobody has reaped counts. */
    static void awaitEnd(long pid) throws Exception {
        Instant end = Instant.now().plus(LONG);
        while (isAlive(pid)) {
            assertTrue(Instant.now().isBefore(end), "does not end: " + pid);
            Thread.onSpinWait();
        }
    }

    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }

    static String field(Davit whose, String id, String name) throws Exception {
        String json = whose.task("info", id, "--json").good();
        Matcher matcher = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        assertTrue(matcher.find(), json);
        return matcher.group(1);
    }

    /** What is left of tasks below a home. */
    static List<Path> remains(Path below) throws IOException {
        Path tasks = below.resolve("state").resolve("tasks").resolve("default");
        if (!Files.exists(tasks)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(tasks)) {
            return all.toList();
        }
    }

    /** The live processes whose working directory is a path or below it. */
    static List<ProcessHandle> in(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> isAlive(process.pid()))
                .filter(process -> workingDirectory(process.pid()).startsWith(directory))
                .toList();
    }

    private static Path workingDirectory(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"));
        } catch (IOException e) {
            return Path.of("");
        }
    }
}

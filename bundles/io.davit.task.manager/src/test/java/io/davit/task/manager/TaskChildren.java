package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.journal.CrashPoint;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Processes with a task manager that are there to be killed.
 *
 * @param tasks which tasks they work on
 */
record TaskChildren(TaskChild.Tasks tasks) {
    Process java(String point, String what, List<Path> worlds) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-XX:+IgnoreUnrecognizedVMOptions",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                                "-D" + CrashPoint.PROPERTY + "=" + point,
                                TaskChild.class.getName(),
                                tasks.name(),
                                what));
        worlds.stream().map(Path::toString).forEach(command::add);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    static void end(Process child) throws InterruptedException {
        child.destroyForcibly();
        assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    }

    /** Runs a child to its end and returns what it said. */
    List<String> run(String point, String what, List<Path> worlds) throws Exception {
        Process child = java(point, what, worlds);
        try (BufferedReader out = child.inputReader()) {
            return out.lines().toList();
        } finally {
            end(child);
        }
    }

    /** Runs a child until it hits a point, kills it there, and returns what it had said. */
    List<String> kill(String hit, String what, Path world) throws Exception {
        Process child = java(hit, what, List.of(world));
        List<String> said = new ArrayList<>();
        try (BufferedReader out = child.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.equals(hit)) {
                said.add(line);
                line = out.readLine();
            }
            assertEquals(hit, line, () -> hit + " was not reached: " + said);
        } finally {
            end(child);
        }
        return said;
    }

    /** Every hit of a point in a run, as {@code NAME#n}. */
    List<String> hits(Set<String> points, String what, Path world) throws Exception {
        return run("*", what, List.of(world)).stream()
                .filter(line -> points.contains(line.replaceAll("#.*", "")))
                .toList();
    }
}

package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.journal.CrashPoint;
import io.davit.task.manager.TaskChild.PluginCrashPoint;
import io.davit.testkit.FakeWorld;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills processes that create and delete tasks, at every crash point and at random moments:
 * afterwards nothing belongs to nobody, every acknowledged task is as it was acknowledged, and
 * every id can be used.
 *
 * <p>The system property {@code davit.crash.rounds} says how often a process is killed at random.
 */
@Timeout(1800)
class TaskCrashTest {
    private static final int ROUNDS = Integer.getInteger("davit.crash.rounds", 20);

    @TempDir Path temporary;

    private Path world(String name) throws IOException {
        return Files.createDirectory(temporary.resolve(name));
    }

    private static String name(Path world) {
        return world.getFileName().toString();
    }

    private static Process java(String point, String what, List<Path> worlds) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                                "-D" + CrashPoint.PROPERTY + "=" + point,
                                TaskChild.class.getName(),
                                what));
        worlds.stream().map(Path::toString).forEach(command::add);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void end(Process child) throws InterruptedException {
        child.destroyForcibly();
        assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    }

    /** Runs a child to its end and returns what it said. */
    private static List<String> run(String point, String what, List<Path> worlds) throws Exception {
        Process child = java(point, what, worlds);
        try (BufferedReader out = child.inputReader()) {
            return out.lines().toList();
        } finally {
            end(child);
        }
    }

    /** Runs a child until it hits a point, kills it there, and returns what it had said. */
    private static List<String> kill(String hit, String what, Path world) throws Exception {
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
    private List<String> hits(String what, Path world) throws Exception {
        Set<String> points = new LinkedHashSet<>();
        points().map(CrashPoint::name).forEach(points::add);
        return run("*", what, List.of(world)).stream()
                .filter(line -> points.contains(line.replaceAll("#.*", "")))
                .toList();
    }

    private static Stream<CrashPoint> points() {
        return Stream.concat(
                Arrays.stream(TaskCrashPoint.values()), Arrays.stream(PluginCrashPoint.values()));
    }

    @Test
    void after_a_kill_at_any_point_nothing_is_lost_and_nothing_is_left() throws Exception {
        List<String> hits = hits("once", world("trace"));
        points().forEach(p -> assertTrue(hits.contains(p.name() + "#1"), p + " is never hit"));
        Map<Path, TaskHistory> histories = new LinkedHashMap<>();
        for (String hit : hits) {
            Path world = world("killed-" + hit);
            histories.put(world, new TaskHistory(kill(hit, "once", world)));
        }
        List<String> said = run("", "recover", List.copyOf(histories.keySet()));
        histories.forEach((world, history) -> history.check(said, name(world), name(world)));
        assertNothingLeft(said);
    }

    @Test
    void a_second_kill_during_recovery_changes_nothing() throws Exception {
        Map<Path, TaskHistory> histories = new LinkedHashMap<>();
        for (String first : List.of("FORKED#1", "SHIM_DELETED#1")) {
            Path probe = world("probe-" + first);
            kill(first, "once", probe);
            Set<String> seconds = new LinkedHashSet<>(hits("open", probe));
            assertFalse(seconds.isEmpty(), first);
            for (String second : seconds) {
                Path world = world("twice-" + first + "-" + second);
                histories.put(world, new TaskHistory(kill(first, "once", world)));
                kill(second, "open", world);
            }
        }
        List<String> said = run("", "recover", List.copyOf(histories.keySet()));
        histories.forEach((world, history) -> history.check(said, name(world), name(world)));
        assertNothingLeft(said);
    }

    @Test
    void an_exit_while_nobody_was_there_is_known_with_its_status() throws Exception {
        Path world = world("exit");
        kill("HOLD", "hold", world);
        FakeWorld.in(world.resolve("world")).exit(Node.id("a"), "", 7);
        List<String> said = run("", "recover", List.of(world));
        assertTrue(said.get(0).matches("S a STOPPED \\d+ 7 exit"), said::toString);
        assertNothingLeft(said);
    }

    private static void assertNothingLeft(List<String> said) {
        assertEquals(List.of(), said.stream().filter(line -> line.startsWith("LEFT")).toList());
        assertEquals("END", said.get(said.size() - 1), said::toString);
    }

    @Test
    void after_a_kill_at_any_moment_what_was_acknowledged_is_there() throws Exception {
        Path world = world("load");
        long seed = Long.getLong("davit.crash.seed", System.nanoTime());
        Random random = new Random(seed);
        TaskHistory history = new TaskHistory(List.of());
        for (int round = 0; round < ROUNDS; round++) {
            Process child = java("", "load", List.of(world));
            List<String> said = new ArrayList<>();
            try (BufferedReader out = child.inputReader()) {
                String line = out.readLine();
                while (line != null && !line.equals("READY")) {
                    said.add(line);
                    line = out.readLine();
                }
                assertEquals(List.of(), said.stream().filter(l -> l.startsWith("LEFT")).toList());
                history.check(said, "", "seed " + seed + " round " + round);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
                // not through the process, which would close the pipe before it is read
                child.toHandle().destroyForcibly();
                for (line = out.readLine(); line != null; line = out.readLine()) {
                    history.said(line);
                }
            } finally {
                end(child);
            }
        }
        assertTrue(history.acknowledged() > ROUNDS, "the load did nothing");
        assertNothingLeft(run("", "recover", List.of(world)));
    }
}

package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import java.util.stream.Collectors;
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

    private final TaskChildren children = new TaskChildren(TaskChild.Tasks.FAKES);
    @TempDir Path temporary;

    private Path world(String name) throws IOException {
        return Files.createDirectory(temporary.resolve(name));
    }

    private static String name(Path world) {
        return world.getFileName().toString();
    }

    private static Set<String> names() {
        return points().map(CrashPoint::name).collect(Collectors.toSet());
    }

    private static Stream<CrashPoint> points() {
        return Stream.concat(
                Arrays.stream(TaskCrashPoint.values()), Arrays.stream(PluginCrashPoint.values()));
    }

    @Test
    void after_a_kill_at_any_point_nothing_is_lost_and_nothing_is_left() throws Exception {
        List<String> hits = children.hits(names(), "once", world("trace"));
        points().forEach(p -> assertTrue(hits.contains(p.name() + "#1"), p + " is never hit"));
        Map<Path, TaskHistory> histories = new LinkedHashMap<>();
        for (String hit : hits) {
            Path world = world("killed-" + hit);
            histories.put(world, new TaskHistory(children.kill(hit, "once", world)));
        }
        List<String> said = children.run("", "recover", List.copyOf(histories.keySet()));
        histories.forEach((world, history) -> history.check(said, name(world), name(world)));
        assertNothingLeft(said);
    }

    @Test
    void a_second_kill_during_recovery_changes_nothing() throws Exception {
        Map<Path, TaskHistory> histories = new LinkedHashMap<>();
        for (String first : List.of("FORKED#1", "SHIM_DELETED#1")) {
            Path probe = world("probe-" + first);
            children.kill(first, "once", probe);
            Set<String> seconds = new LinkedHashSet<>(children.hits(names(), "open", probe));
            assertFalse(seconds.isEmpty(), first);
            for (String second : seconds) {
                Path world = world("twice-" + first + "-" + second);
                histories.put(world, new TaskHistory(children.kill(first, "once", world)));
                children.kill(second, "open", world);
            }
        }
        List<String> said = children.run("", "recover", List.copyOf(histories.keySet()));
        histories.forEach((world, history) -> history.check(said, name(world), name(world)));
        assertNothingLeft(said);
    }

    @Test
    void an_exit_while_nobody_was_there_is_known_with_its_status() throws Exception {
        Path world = world("exit");
        children.kill("HOLD", "hold", world);
        FakeWorld.in(world.resolve("world")).exit(Node.id("a"), "", 7);
        List<String> said = children.run("", "recover", List.of(world));
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
            Process child = children.java("", "load", List.of(world));
            List<String> said = new ArrayList<>();
            try (BufferedReader out = child.inputReader()) {
                String line = out.readLine();
                while (line != null && !line.equals("READY")) {
                    said.add(line);
                    line = out.readLine();
                }
                assertEquals(List.of(), said.stream().filter(l -> l.startsWith("LEFT")).toList());
                history.check(said, "", "seed " + seed + " round " + round);
                assertNotNull(line, "ended by itself");
                // every other time once it works, however busy the machine is
                while (round % 2 == 0 && !line.startsWith("C ")) {
                    history.said(line);
                    line = out.readLine();
                    assertNotNull(line, "ended by itself");
                }
                history.said(line);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
                // not through the process, which would close the pipe before it is read
                child.toHandle().destroyForcibly();
                for (line = out.readLine(); line != null; line = out.readLine()) {
                    history.said(line);
                }
            } finally {
                TaskChildren.end(child);
            }
        }
        assertTrue(history.acknowledged() >= ROUNDS / 2, "the load did nothing");
        assertNothingLeft(children.run("", "recover", List.of(world)));
    }
}

package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.testkit.LeakOracle;
import io.davit.testkit.LeakOracle.Kind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * As {@link TaskCrashTest}, over real containers: no process, control group, socket or pipe is left
 * of a task that nobody acknowledged, and containers that were acknowledged keep their processes.
 *
 * <p>Needs root, conmon, an OCI runtime and busybox.
 */
@Timeout(1800)
class ContainerCrashTest {
    private static final int ROUNDS = Integer.getInteger("davit.crash.rounds", 5);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final TaskChildren children = new TaskChildren(TaskChild.Tasks.CONTAINERS);
    @TempDir Path temporary;
    private Path root;
    private LeakOracle before;

    @BeforeEach
    void look() throws Exception {
        assumeTrue(Containers.arePossible(), "needs root, conmon and busybox");
        root = temporary.toRealPath();
        before = LeakOracle.now(root, root.getFileName().toString());
    }

    @AfterEach
    void assertNothingLeft() throws Exception {
        if (before != null) {
            before.assertNothingNew(LONG, EnumSet.complementOf(EnumSet.of(Kind.FILE)));
        }
    }

    private Path world(String name) throws Exception {
        Path world = Files.createDirectory(root.resolve(name));
        Containers.prepare(world);
        return world;
    }

    private static void assertClean(List<String> said) {
        assertEquals(List.of(), said.stream().filter(line -> line.startsWith("LEFT")).toList());
        assertEquals("END", said.get(said.size() - 1), said::toString);
    }

    @Test
    void after_a_kill_at_any_point_nothing_is_lost_and_nothing_is_left() throws Exception {
        Map<Path, TaskHistory> histories = new LinkedHashMap<>();
        for (TaskCrashPoint point : TaskCrashPoint.values()) {
            Path world = world(point.name());
            histories.put(
                    world, new TaskHistory(children.kill(point.name() + "#1", "once", world)));
        }
        List<String> said = children.run("", "recover", List.copyOf(histories.keySet()));
        histories.forEach(
                (world, history) -> {
                    String name = world.getFileName().toString();
                    history.check(said, name, name);
                });
        assertClean(said);
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
                String when = "seed " + seed + " round " + round;
                assertEquals(
                        List.of(), said.stream().filter(l -> l.startsWith("LEFT")).toList(), when);
                history.check(said, "", when);
                while (line != null && !line.startsWith("C ")) {
                    history.said(line);
                    line = out.readLine();
                }
                assertNotNull(line, "ended by itself");
                history.said(line);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
                // not through the process, which would close the pipe before it is read
                child.toHandle().destroyForcibly();
                for (line = out.readLine(); line != null; line = out.readLine()) {
                    history.said(line);
                }
            } finally {
                TaskChildren.end(child);
            }
        }
        assertTrue(history.acknowledged() >= ROUNDS, "the load did nothing");
        assertClean(children.run("", "recover", List.of(world)));
    }
}

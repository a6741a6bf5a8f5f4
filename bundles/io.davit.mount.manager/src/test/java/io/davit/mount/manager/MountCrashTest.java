package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.journal.CrashPoint;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kills processes that mount for real, at every crash point and at random moments: afterwards
 * nothing leaks, every acknowledged activation is there, every name can be used, and no file behind
 * a mount is gone.
 *
 * <p>Needs root; everything is mounted in a namespace of its own. The system property {@code
 * davit.crash.rounds} says how often a process is killed at random, and {@code davit.crash.all}
 * whether every hit of a point is tried instead of its first and last one, and each once more with
 * a second kill during recovery.
 */
@Timeout(1800)
class MountCrashTest {
    private static final int ROUNDS = Integer.getInteger("davit.crash.rounds", 6);
    private static final boolean ALL = Boolean.getBoolean("davit.crash.all");
    private static final String CHILD = CrashChild.class.getName();

    @TempDir Path temporary;
    private MountNamespace namespace;
    private MachineState before;

    @BeforeEach
    void make() throws IOException {
        assumeTrue(MountNamespace.isPossible(), "mount namespaces need root");
        before = MachineState.now(temporary.toRealPath());
        namespace = MountNamespace.make();
    }

    @AfterEach
    void end() throws IOException {
        if (namespace != null) {
            namespace.close();
            assertEquals(before, MachineState.now(temporary.toRealPath()));
        }
    }

    private Path world(String name) throws IOException {
        Path base = Files.createDirectories(temporary.toRealPath().resolve(name));
        Path precious = Files.createDirectories(base.resolve(CrashChild.PRECIOUS).resolve("deep"));
        Files.writeString(precious.resolve("file"), "precious");
        Files.createDirectory(base.resolve(CrashChild.MADE));
        return base;
    }

    private static void assertPrecious(Path base) throws IOException {
        assertEquals(
                "precious",
                Files.readString(base.resolve(CrashChild.PRECIOUS).resolve("deep/file")));
    }

    private static List<String> point(String point) {
        return List.of("-D" + CrashPoint.PROPERTY + "=" + point);
    }

    /** Runs a child to its end and returns what it said. */
    private List<String> run(List<String> options, String what, Path... bases) throws Exception {
        List<String> args = new ArrayList<>(List.of(what));
        Arrays.stream(bases).map(Path::toString).forEach(args::add);
        Process child = namespace.java(options, CHILD, args.toArray(String[]::new));
        try (BufferedReader out = child.inputReader()) {
            return out.lines().toList();
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
        }
    }

    /** Runs a child until it hits a point, and kills it there; returns whether it came so far. */
    private boolean kill(String hit, String what, Path base) throws Exception {
        Process child = namespace.java(point(hit), CHILD, what, base.toString());
        boolean there = false;
        try (BufferedReader out = child.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.equals(hit)) {
                line = out.readLine();
            }
            there = line != null;
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
        }
        return there;
    }

    /** Every hit of our points in a run, as {@code NAME#n}. */
    private List<String> hits(String what, Path base) throws Exception {
        Set<String> ours =
                Arrays.stream(MountCrashPoint.values()).map(Enum::name).collect(Collectors.toSet());
        return run(point("*"), what, base).stream()
                .filter(line -> ours.contains(line.replaceAll("#.*", "")))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> chosen(List<String> hits) {
        if (ALL) {
            return hits;
        }
        Map<String, String> last = new HashMap<>();
        hits.forEach(hit -> last.put(hit.replaceAll("#.*", ""), hit));
        Set<String> chosen = new LinkedHashSet<>();
        hits.stream().filter(hit -> hit.endsWith("#1")).forEach(chosen::add);
        chosen.addAll(last.values());
        return List.copyOf(chosen);
    }

    @Test
    void after_a_kill_at_any_point_nothing_leaks_and_the_name_can_be_used() throws Exception {
        List<String> once = hits("once", world("trace-once"));
        List<String> fail = hits("fail", world("trace-fail"));
        fail.removeIf(hit -> !hit.startsWith("UNMOUNT"));
        for (MountCrashPoint point : MountCrashPoint.values()) {
            String first = point.name() + "#1";
            assertTrue(once.contains(first) || fail.contains(first), point + " is never hit");
        }
        List<Path> worlds = new ArrayList<>();
        worlds.addAll(killed("once", once));
        worlds.addAll(killed("fail", fail));
        List<String> said = run(List.of(), "recover", worlds.toArray(Path[]::new));
        assertRecovered(said);
        for (Path base : worlds) {
            assertPrecious(base);
            assertEquals(isFinished(base), said.contains("MADE " + made(base)), base::toString);
        }
    }

    /** Kills a process at each hit that is chosen; returns where. */
    private List<Path> killed(String what, List<String> hits) throws Exception {
        List<Path> worlds = new ArrayList<>();
        for (String hit : chosen(hits)) {
            Path base = world(what + "-" + hit);
            worlds.add(base);
            assertTrue(kill(hit, what, base), hit + " was not reached");
        }
        return worlds;
    }

    private static Path made(Path base) {
        return base.resolve(CrashChild.MADE).resolve("a");
    }

    /** Says whether the activation had been completed, so that what was made for it stays. */
    private static boolean isFinished(Path base) {
        String hit = base.getFileName().toString();
        return hit.startsWith("once-UNMOUNT") || hit.startsWith("once-MOUNT_COMPLETE");
    }

    @Test
    void a_second_kill_during_recovery_changes_nothing() throws Exception {
        String[] first =
                ALL
                        ? hits("once", world("trace")).toArray(String[]::new)
                        : new String[] {"MOUNT_BEFORE_COMPLETE#1"};
        List<Path> worlds = new ArrayList<>();
        for (String hit : first) {
            Path probe = world("probe-" + hit);
            kill(hit, "once", probe);
            Set<String> points = new LinkedHashSet<>();
            for (String second : hits("recover", probe)) {
                if (second.startsWith("UNMOUNT") && points.add(second.replaceAll("#.*", ""))) {
                    Path base = world("twice-" + hit + "-" + second);
                    worlds.add(base);
                    kill(hit, "once", base);
                    assertTrue(kill(second, "recover", base), second + " was not reached");
                }
            }
        }
        assertRecovered(run(List.of(), "recover", worlds.toArray(Path[]::new)));
        for (Path base : worlds) {
            assertPrecious(base);
        }
    }

    private void assertRecovered(List<String> said) throws IOException {
        List<String> wrong =
                said.stream().filter(l -> l.startsWith("NOT") || l.startsWith("FOUND")).toList();
        assertEquals(List.of(), wrong);
        assertEquals("END", said.get(said.size() - 1), said::toString);
        assertEquals(List.of(), namespace.mountsBelow(temporary.toRealPath()));
    }

    @Test
    void after_a_kill_at_any_moment_what_was_acknowledged_is_there() throws Exception {
        Path base = world("load");
        long seed = Long.getLong("davit.crash.seed", System.nanoTime());
        Random random = new Random(seed);
        History history = new History();
        for (int round = 0; round < ROUNDS; round++) {
            Process child = namespace.java(List.of(), CHILD, "load", base.toString());
            List<String> said = new ArrayList<>();
            try (BufferedReader out = child.inputReader()) {
                String line = out.readLine();
                while (line != null && !line.equals("READY")) {
                    said.add(line);
                    line = out.readLine();
                }
                history.check(said, "seed " + seed + " round " + round);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
                // not through the process, which would close the pipe before it is read
                child.toHandle().destroyForcibly();
                for (line = out.readLine(); line != null; line = out.readLine()) {
                    history.said(line);
                }
            } finally {
                child.destroyForcibly();
                assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            }
            assertPrecious(base);
        }
        assertRecovered(
                run(List.of(), "recover", base).stream().filter(l -> !l.startsWith("S ")).toList());
        assertPrecious(base);
        try (Stream<Path> left = Files.list(base.resolve("t"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** What a child said about each name, and so what may be there after it was killed. */
    private static final class History {
        /** Lines of a kill are cut at any byte; the last one of a name counts. */
        private final Map<String, String> last = new HashMap<>();

        private int acknowledged;

        private void said(String line) {
            String[] words = line.split(" ");
            boolean whole =
                    words.length == (words[0].equals("A") ? 3 : 2)
                            && List.of("a", "A", "d", "D").contains(words[0])
                            && words[1].length() == 2;
            if (whole) {
                acknowledged += words[0].equals("A") ? 1 : 0;
                last.put(words[1], line);
            }
        }

        private void check(List<String> said, String when) {
            Map<String, String> there = new HashMap<>();
            Set<String> wrong = new HashSet<>();
            for (String line : said) {
                if (line.startsWith("S ")) {
                    String[] words = line.split(" ");
                    there.put(words[1], words[2]);
                    if (!words[3].equals("true")) {
                        wrong.add(line);
                    }
                } else if (line.startsWith("NOT") || line.startsWith("FOUND")) {
                    wrong.add(line);
                }
            }
            last.forEach(
                    (name, line) -> {
                        String[] words = line.split(" ");
                        boolean acknowledged = words[0].equals("A");
                        if (acknowledged && !words[2].equals(there.get(name))) {
                            wrong.add("lost: " + line + " there=" + there.get(name));
                        }
                        if (words[0].equals("D") && there.containsKey(name)) {
                            wrong.add("back: " + line + " there=" + there.get(name));
                        }
                    });
            if (!wrong.isEmpty()) {
                fail(when + ": " + wrong);
            }
        }
    }
}

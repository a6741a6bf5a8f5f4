package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Containers of containerd's shims by the command line, as their users run them; needs root. */
@Timeout(300)
class ShimTest {
    private static final byte[] NOTHING = new byte[0];
    private static final String BINARY = "containerd-shim-runc-v2";

    @TempDir Path home;
    private Davit davit;
    private String rootfs;

    /** A release of the shim. */
    private enum Release {
        /** The machine's. */
        INSTALLED {
            @Override
            Path directory() {
                return Path.of("/usr/bin");
            }
        },
        /** That of a newer suite of Debian, fetched into a cache. */
        NEWER {
            @Override
            Path directory() throws Exception {
                String script =
                        "../../bundles/io.davit.shim.containerd/src/test/bin/newer-containerd";
                Process fetch =
                        new ProcessBuilder(script, "forky")
                                .redirectInput(new File("/dev/null"))
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start();
                String printed = new String(fetch.getInputStream().readAllBytes(), "UTF-8");
                boolean done = fetch.waitFor(120, TimeUnit.SECONDS) && fetch.exitValue() == 0;
                return Path.of(done ? printed.strip() : "/not/fetched");
            }
        };

        abstract Path directory() throws Exception;
    }

    /** Makes what a test needs; the shim of a release is found first. */
    private void open(Release release) throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String program : List.of("/usr/sbin/runc", "/bin/busybox")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
        Path shim = release.directory().resolve(BINARY);
        Assumptions.assumeTrue(Files.isExecutable(shim), "needs " + shim);
        home = home.toRealPath();
        rootfs = Containers.makeRootfs(home.resolve("rootfs")).toString();
        Files.createDirectory(home.resolve("gate"));
        Path first = Files.createDirectory(home.resolve("first"));
        Files.createSymbolicLink(first.resolve(BINARY), shim);
        davit = new Davit(home, Map.of("PATH", first + ":" + System.getenv("PATH")));
    }

    private Davit.Said run(byte[] input, String... rest) throws Exception {
        List<String> line = new ArrayList<>(List.of("--runtime", "io.containerd.runc.v2"));
        line.addAll(List.of("--rootfs", rootfs, "--bind", home.resolve("gate") + ":/gate"));
        line.addAll(List.of(rest));
        return davit.run(input, line.toArray(String[]::new));
    }

    private void shell(String id, String script) throws Exception {
        run(NOTHING, "-d", "--id", id, "--", "sh", "-c", script).good();
    }

    private String field(String id, String name) throws Exception {
        return Containers.field(davit, id, name);
    }

    private List<String> topics(String id, int count) throws Exception {
        String events = davit.task("events", id, "--after", "0", "--count", "" + count).good();
        return events.lines().map(line -> line.split(" ")[2]).toList();
    }

    private ProcessHandle shim(String id) {
        Path bundle = davit.state().resolve("tasks/default").resolve(id);
        return Containers.in(bundle).stream()
                .filter(process -> process.info().command().orElse("").endsWith(BINARY))
                .findFirst()
                .orElseThrow();
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), Containers.remains(home));
        assertEquals(List.of(), Containers.in(davit.state()));
    }

    @ParameterizedTest
    @EnumSource(Release.class)
    void one_shot(Release release) throws Exception {
        open(release);
        Davit.Said said = run("in".getBytes(), "--", "sh", "-c", "cat; echo err >&2; exit 7");
        assertEquals(7, said.status(), said.err());
        assertEquals("in", said.text());
        assertEquals("err\n", said.err());
        assertEquals(127, run(NOTHING, "--", "nosuch").status());
        assertEquals(126, run(NOTHING, "--", "/tmp").status());
        assertEquals(124, run(NOTHING, "--timeout", "1s", "--", "sleep", "100").status());
        Davit.Said oom = run(NOTHING, "--memory", "16M", "--", "tail", "/dev/zero");
        assertEquals(137, oom.status());
        assertTrue(oom.err().contains("reason=oom"), oom.err());
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Release.class)
    void detached(Release release) throws Exception {
        open(release);
        try (Daemon daemon = Daemon.start(davit)) {
            shell("life", "echo begun; exec sleep 1000");
            assertEquals("begun\n", davit.task("logs", "life").good());
            davit.task("update", "life", "--memory", "32M", "--pids", "20").good();
            assertTrue(davit.task("stats", "life", "--json").good().contains("33554432"));
            davit.task("pause", "life").good();
            assertEquals("PAUSED", field("life", "state"));
            davit.task("resume", "life").good();
            List<String> exec = List.of("task", "exec");
            Process inside =
                    davit.start(davit.line(exec, "-i", "life", "--", "sh", "-c", "cat; exit 5"));
            Davit.Said said = Davit.finish(inside, "to and fro".getBytes());
            assertEquals("to and fro", said.text());
            assertEquals(5, said.status(), said.err());
            assertEquals(2, davit.task("ps", "life").good().lines().count());
            davit.task("kill", "life", "-s", "KILL").good();
            assertEquals(137, davit.task("wait", "life").status());
            davit.task("delete", "life").good();
            assertNothingLeft();
            daemon.terminate();
        }
    }

    @ParameterizedTest
    @EnumSource(Release.class)
    void tasks_outlive_a_daemon_that_is_killed_and_a_stopped_shim_is_not_a_dead_one(Release release)
            throws Exception {
        open(release);
        ProcessHandle stopped;
        long ends;
        String stays;
        String stuck;
        try (Daemon first = Daemon.start(davit)) {
            shell("ends", "until test -e /gate/go; do :; done; exit 7");
            shell("stays", "echo on; exec sleep 1000");
            shell("stuck", "exec sleep 1000");
            ends = Long.parseLong(field("ends", "pid"));
            stays = field("stays", "pid");
            stuck = field("stuck", "pid");
            stopped = shim("stuck");
            signal("STOP", stopped);
            first.kill();
        }
        Files.createFile(home.resolve("gate/go"));
        Containers.awaitEnd(ends);
        Instant ended = Instant.now();
        try (Daemon second = Daemon.start(davit)) {
            assertEquals(7, davit.task("wait", "ends").status());
            Instant told = Instant.parse(field("ends", "at"));
            assertTrue(told.isBefore(ended.plusSeconds(1)), told + " " + ended);
            assertEquals(
                    List.of("/tasks/create", "/tasks/start", "/tasks/exit"), topics("ends", 3));
            assertEquals("RUNNING", field("stays", "state"));
            assertEquals(stays, field("stays", "pid"));
            assertEquals("on\n", davit.task("logs", "stays").good());
            assertEquals("UNREACHABLE", field("stuck", "state"));
            assertTrue(Containers.isAlive(Long.parseLong(stuck)));
            signal("CONT", stopped);
            while (!field("stuck", "state").equals("RUNNING")) {
                Thread.onSpinWait();
            }
            assertEquals(stuck, field("stuck", "pid"));
            shim("stuck").destroyForcibly();
            assertEquals(137, davit.task("wait", "stuck").status());
            assertTrue(davit.task("info", "stuck", "--json").good().contains("shim-lost"));
            davit.task("delete", "ends").good();
            davit.task("delete", "stuck").good();
            davit.task("delete", "stays", "--force").good();
            second.terminate();
        }
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Release.class)
    void a_task_that_was_being_made_when_the_daemon_was_killed_is_undone(Release release)
            throws Exception {
        open(release);
        Path first = home.resolve("first").resolve(BINARY);
        Path real = first.toRealPath();
        Files.delete(first);
        Files.writeString(
                first,
                "#!/bin/sh\nanswer=$("
                        + real
                        + " \"$@\") || exit\n"
                        + "[ ! -e "
                        + home
                        + "/slow ] || sleep 1000\n"
                        + "printf %s \"$answer\"\n");
        assertTrue(first.toFile().setExecutable(true));
        Path slow = Files.createFile(home.resolve("slow"));
        Path bundle = davit.state().resolve("tasks/default/half");
        try (Daemon daemon = Daemon.start(davit)) {
            List<String> line = davit.line(List.of("run"), "--runtime", "io.containerd.runc.v2");
            line.addAll(List.of("--rootfs", rootfs, "-d", "--id", "half", "--", "true"));
            Process caller = davit.start(line);
            while (Containers.in(bundle).stream()
                    .noneMatch(p -> p.info().command().orElse("").endsWith("/sleep"))) {
                assertTrue(caller.isAlive());
                Thread.onSpinWait();
            }
            daemon.kill();
            caller.waitFor();
        }
        Files.delete(slow);
        try (Daemon daemon = Daemon.start(davit)) {
            while (!Containers.remains(home).isEmpty()) {
                Thread.onSpinWait();
            }
            assertNothingLeft();
            shell("half", "exit 6");
            assertEquals(6, davit.task("wait", "half").status());
            davit.task("delete", "half").good();
            daemon.terminate();
        }
        assertNothingLeft();
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        assertEquals(0, kill.waitFor());
    }
}

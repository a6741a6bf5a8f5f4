package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Native containers by the command line, as their users run them; needs root. */
@Timeout(300)
class ContainerTest {
    private static final byte[] NOTHING = new byte[0];

    @TempDir static Path home;
    private static Davit davit;
    private static Daemon daemon;
    private static String rootfs;

    @BeforeAll
    static void start_a_daemon() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String program : List.of("/usr/bin/conmon", "/usr/sbin/runc", "/bin/busybox")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
        rootfs = Containers.makeRootfs(home.resolve("rootfs")).toString();
        davit = new Davit(home);
        daemon = Daemon.start(davit);
    }

    @AfterAll
    static void stop_it() throws Exception {
        if (daemon != null) {
            daemon.close();
            assertEquals(List.of(), monitors());
        }
    }

    /** The monitors of containers of this test. */
    private static List<String> monitors() {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .map(ContainerTest::commandLine)
                .filter(line -> line.contains("conmon") && line.contains(home.toString()))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private static String shell(String id, String script) throws Exception {
        return davit.run(NOTHING, "-d", "--id", id, "--rootfs", rootfs, "--", "sh", "-c", script)
                .good();
    }

    @Test
    void a_command_ends_with_its_status() throws Exception {
        Davit.Said said =
                davit.run("in".getBytes(), "--rootfs", rootfs, "--", "sh", "-c", "cat; exit 7");
        assertEquals(7, said.status(), said.err());
        assertEquals("in", said.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.davit.oci.v1", "io.davit.runc.v1", "io.containerd.runc.v2"})
    void what_cannot_be_run_is_told_in_a_line(String runtime) throws Exception {
        boolean shim = runtime.startsWith("io.containerd.");
        Path binary = Path.of("/usr/bin/containerd-shim-runc-v2");
        Assumptions.assumeTrue(!shim || Files.isExecutable(binary), "needs " + binary);
        for (String how : List.of("--interactive", "--detach")) {
            Davit.Said missing = runs(runtime, how, "nosuch");
            assertEquals(127, missing.status());
            assertEquals(
                    "davit: not found in the task's files: program=\"nosuch\"\n", missing.err());
            assertEquals(127, runs(runtime, how, "/bin/nosuch").status());
            Davit.Said unfit = runs(runtime, how, "/tmp");
            assertEquals(126, unfit.status());
            assertEquals("davit: not executable: program=\"/tmp\"\n", unfit.err());
        }
    }

    private static Davit.Said runs(String runtime, String how, String program) throws Exception {
        return davit.run(NOTHING, "--runtime", runtime, how, "--rootfs", rootfs, "--", program);
    }

    @Test
    void a_terminal_is_given_back_even_if_the_client_is_killed() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script");
        shell("host", "exec sleep 1000");
        List<String> exec = davit.line(List.of("task", "exec"), "-it", "host", "--", "cat");
        String script =
                """
                was=$(stty -g)
                '%s' </dev/tty &
                until [ "$(stty -g)" != "$was" ]; do sleep 0.1; done
                kill -KILL $!
                wait $!
                i=0
                until [ "$(stty -g)" = "$was" ] || [ $i = 300 ]; do sleep 0.1; i=$((i+1)); done
                [ "$(stty -g)" != "$was" ] || echo given back
                """
                        .formatted(String.join("' '", exec));
        List<String> line = List.of("script", "-qec", script, home.resolve("typed").toString());
        Davit.Said said = Davit.finish(davit.start(line), NOTHING);
        assertTrue(said.text().contains("given back"), said.text());
        davit.task("delete", "--force", "host").good();
    }

    @Test
    void memory_that_runs_out_is_told() throws Exception {
        Davit.Said said =
                davit.run(
                        NOTHING, "--rootfs", rootfs, "--memory", "16M", "--", "tail", "/dev/zero");
        assertEquals(137, said.status(), said.err());
        assertTrue(said.err().contains("reason=oom"), said.err());
    }

    @Test
    void a_layer_of_its_own_leaves_the_directory_as_it_is() throws Exception {
        davit.run(NOTHING, "--rootfs", rootfs, "--overlay", "--", "touch", "/new").good();
        assertFalse(Files.exists(Path.of(rootfs, "new")));
        assertEquals(
                1,
                davit.run(NOTHING, "--rootfs", rootfs, "--read-only", "--", "touch", "/new")
                        .status());
    }

    @Test
    void a_specification_of_another_tool_runs_unchanged() throws Exception {
        Path bundle = Files.createDirectory(home.resolve("bundle"));
        Files.createSymbolicLink(bundle.resolve("rootfs"), Path.of(rootfs));
        Process runc = new ProcessBuilder("runc", "spec").directory(bundle.toFile()).start();
        assertEquals(0, runc.waitFor());
        String spec = bundle.resolve("config.json").toString();
        Davit.Said said = davit.run("echo $((40+2)); exit 3\n".getBytes(), "--spec", spec);
        assertEquals("42\n", said.text());
        assertEquals(3, said.status(), said.err());
    }

    @Test
    void a_detached_container_is_watched_changed_and_ended() throws Exception {
        shell("life", "echo begun; exec sleep 1000");
        assertEquals("begun\n", davit.task("logs", "life").good());
        davit.task("update", "life", "--memory", "32M", "--pids", "20").good();
        assertTrue(davit.task("stats", "life", "--json").good().contains("33554432"));
        davit.task("pause", "life").good();
        assertEquals("PAUSED", Containers.field(davit, "life", "state"));
        davit.task("resume", "life").good();
        List<String> exec = List.of("task", "exec");
        Process inside =
                davit.start(davit.line(exec, "-i", "life", "--", "sh", "-c", "cat; exit 5"));
        Davit.Said said = Davit.finish(inside, "to and fro".getBytes());
        assertEquals("to and fro", said.text());
        assertEquals(5, said.status(), said.err());
        Process missing = davit.start(davit.line(exec, "life", "--", "nosuch"));
        assertEquals(127, Davit.finish(missing, NOTHING).status());
        assertEquals(2, davit.task("ps", "life").good().lines().count());
        davit.task("kill", "life", "--signal", "KILL").good();
        assertEquals(137, davit.task("wait", "life").status());
        assertTrue(davit.task("kill", "-s", "KILL", "life").refused().contains("status=137"));
        davit.task("delete", "life").good();
    }

    @Test
    void containers_outlive_a_daemon_that_is_killed() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Path gate = Files.createDirectory(other.resolve("gate"));
        Davit again = new Davit(other);
        long[] pids = new long[2];
        try (Daemon first = Daemon.start(again)) {
            again.run(NOTHING, detached("ends", gate, "until test -e /gate/go; do :; done; exit 7"))
                    .good();
            again.run(NOTHING, detached("stays", gate, "echo on; exec sleep 1000")).good();
            pids[0] = Long.parseLong(Containers.field(again, "ends", "pid"));
            pids[1] = Long.parseLong(Containers.field(again, "stays", "pid"));
            first.kill();
        }
        Files.createFile(gate.resolve("go"));
        Containers.awaitEnd(pids[0]);
        Instant ended = Instant.now();
        try (Daemon second = Daemon.start(again)) {
            assertEquals(7, again.task("wait", "ends").status());
            Instant told = Instant.parse(Containers.field(again, "ends", "at"));
            assertTrue(told.isBefore(ended.plusSeconds(1)), told + " " + ended);
            String events = again.task("events", "ends", "--after", "0", "--count", "3").good();
            List<String> topics = events.lines().map(line -> line.split(" ")[2]).toList();
            assertEquals(List.of("/tasks/create", "/tasks/start", "/tasks/exit"), topics);
            assertEquals("RUNNING", Containers.field(again, "stays", "state"));
            assertEquals(pids[1], Long.parseLong(Containers.field(again, "stays", "pid")));
            assertEquals("on\n", again.task("logs", "stays").good());
            Process exec = again.start(again.line(List.of("task", "exec"), "stays", "--", "id"));
            assertTrue(Davit.finish(exec, NOTHING).good().contains("uid=0"));
            again.task("delete", "ends").good();
            again.task("delete", "stays", "--force").good();
            assertTrue(again.mount("fsck").good().startsWith("no leaks"));
            second.terminate();
        }
        assertFalse(Containers.isAlive(pids[1]));
        assertEquals(List.of(), Containers.remains(other));
    }

    @Test
    void the_log_of_a_shim_s_task_goes_on_after_its_daemon_was_killed() throws Exception {
        Path binary = Path.of("/usr/bin/containerd-shim-runc-v2");
        Assumptions.assumeTrue(Files.isExecutable(binary), "needs " + binary);
        Davit again = new Davit(Files.createDirectory(home.resolve("logged")));
        String script = "while sleep 0.1; do echo on; done";
        try (Daemon first = Daemon.start(again)) {
            again.run(
                            NOTHING,
                            "-d",
                            "--id=on",
                            "--runtime=io.containerd.runc.v2",
                            "--rootfs=" + rootfs,
                            "sh",
                            "-c",
                            script)
                    .good();
            first.kill();
        }
        try (Daemon second = Daemon.start(again)) {
            long before = again.task("logs", "on").good().lines().count();
            while (again.task("logs", "on").good().lines().count() == before) {
                Thread.onSpinWait();
            }
            again.task("delete", "--force", "on").good();
            second.terminate();
        }
    }

    private static String[] detached(String id, Path gate, String script) {
        List<String> line = new ArrayList<>(List.of("-d", "--id", id, "--rootfs", rootfs));
        line.addAll(List.of("--bind", gate + ":/gate", "--", "sh", "-c", script));
        return line.toArray(String[]::new);
    }
}

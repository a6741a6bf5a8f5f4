package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Processes held by descriptors, with real children. */
@Timeout(30)
class ProcessTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int SIGTERM = 15;

    @TempDir Path temp;

    private final List<Process> started = new ArrayList<>();

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private static int pid(Process process) {
        return (int) process.pid();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void a_signal_ends_a_process_and_its_exit_is_seen() throws Exception {
        Process cat = start("cat");
        try (PidFd held = PidFd.open(pid(cat))) {
            assertFalse(held.hasExited());
            assertFalse(held.awaitExit(Duration.ofMillis(1)));
            assertTrue(held.signal(0));
            assertTrue(held.signal(SIGTERM));
            assertTrue(held.awaitExit(LONG));
            cat.waitFor();
            assertFalse(held.signal(SIGTERM), "a process that is gone was signalled");
            Optional<WaitStatus> how = held.exitStatus();
            how.ifPresent(status -> assertEquals(128 + SIGTERM, status.code()));
        }
    }

    @Test
    void waiting_ends_with_the_thread_interrupted() throws Exception {
        Process cat = start("cat");
        try (PidFd held = PidFd.open(pid(cat))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> held.awaitExit(LONG));
        }
    }

    @Test
    void a_recorded_process_is_known_by_its_start_time() throws Exception {
        Process cat = start("cat");
        ProcessStatus status = ProcessStatus.of(pid(cat)).orElseThrow();
        assertEquals(ProcessHandle.current().pid(), status.parent());
        assertTrue(ProcessStatus.isAlive(pid(cat), status.startTime()));
        assertFalse(ProcessStatus.isAlive(pid(cat), status.startTime() + 1));
        PidFd.open(pid(cat), status.startTime()).orElseThrow().close();
        assertTrue(PidFd.open(pid(cat), status.startTime() + 1).isEmpty());
        cat.destroyForcibly().waitFor();
        assertTrue(ProcessStatus.of(pid(cat)).isEmpty());
        assertTrue(PidFd.open(pid(cat), status.startTime()).isEmpty());
    }

    /** Makes a pipe; a process that reads it lives until {@link #release}. */
    private String gate() throws LinuxException {
        try (Dir dir = Dir.open(temp)) {
            dir.makeFifo("gate", 0600);
        }
        return temp.resolve("gate").toString();
    }

    private void release() throws IOException {
        Files.writeString(temp.resolve("gate"), "go\n");
    }

    @Test
    void a_zombie_is_dead() throws Exception {
        String script = "(read x <\"$0\"; exit 3) & echo $!; exec cat";
        Process parent = start("sh", "-c", script, gate());
        BufferedReader out = parent.inputReader();
        int child = Integer.parseInt(out.readLine());
        // An echo means that cat runs, which never waits for the child it has inherited.
        parent.outputWriter().append("echo\n").flush();
        assertEquals("echo", out.readLine());
        try (PidFd held = PidFd.open(child)) {
            release();
            assertTrue(held.awaitExit(LONG));
            ProcessStatus zombie = ProcessStatus.of(child).orElseThrow();
            assertTrue(zombie.isDead());
            assertFalse(ProcessStatus.isAlive(child, zombie.startTime()));
        }
    }

    @Test
    void orphans_come_to_a_subreaper_and_are_reaped() throws Exception {
        Processes.becomeSubreaper();
        Process parent = start("sh", "-c", "(read x <\"$0\"; exit 7) & echo $!", gate());
        int orphan = Integer.parseInt(parent.inputReader().readLine());
        parent.waitFor();
        assertEquals(
                ProcessHandle.current().pid(), ProcessStatus.of(orphan).orElseThrow().parent());
        assertTrue(Processes.reap(orphan).isEmpty());
        try (PidFd held = PidFd.open(orphan)) {
            release();
            assertTrue(held.awaitExit(LONG));
            WaitStatus status = Processes.reap(orphan).orElseThrow();
            assertEquals(7, status.code());
            assertFalse(status.isSignalled());
        }
        LinuxException e = assertThrows(LinuxException.class, () -> Processes.reap(orphan));
        assertEquals(Errno.ECHILD, e.errno());
    }

    @Test
    void one_watcher_tells_the_exits_of_many() throws Exception {
        BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
        List<PidFd> held = new ArrayList<>();
        try (ExitWatcher watcher = ExitWatcher.start()) {
            for (int i = 0; i < 5; i++) {
                PidFd process = PidFd.open(pid(start("cat")));
                held.add(process);
                ExitWatcher.Watch watch = watcher.watch(process, () -> ended.add(process.pid()));
                if (i == 0) {
                    watch.close();
                }
            }
            for (PidFd process : held) {
                process.signal(SIGTERM);
                if (process != held.get(0)) {
                    assertEquals(process.pid(), ended.poll(20, TimeUnit.SECONDS));
                }
            }
            assertTrue(held.get(0).awaitExit(LONG));
            PidFd late = held.get(0);
            watcher.watch(late, () -> ended.add(late.pid()));
            assertEquals(late.pid(), ended.poll(20, TimeUnit.SECONDS));
        }
        assertTrue(ended.isEmpty());
        held.forEach(PidFd::close);
    }

    @Test
    void a_name_with_parentheses_is_read() throws LinuxException {
        String line = "12 (a) b (c)) S 3 12 12 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4567 0 0";
        assertEquals(new ProcessStatus(12, "a) b (c)", 'S', 3, 4567), ProcessStatus.parse(line));
        assertThrows(LinuxException.class, () -> ProcessStatus.parse("12 (a) S 3"));
    }

    @Test
    void own_control_groups_are_found() throws LinuxException {
        CgroupLayout layout = CgroupLayout.detect();
        if (layout.kind() == CgroupLayout.Kind.NONE) {
            return;
        }
        assertNotEquals(0, CgroupLayout.groupsOf("self").size());
    }

    @Test
    void layouts_are_told_apart() throws LinuxException {
        String one = "30 20 0:30 / /c/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";
        String named = "31 20 0:31 / /c/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
        String two = "32 20 0:32 / /c/unified rw - cgroup2 cgroup2 rw,nsdelegate\n";
        assertEquals(CgroupLayout.Kind.NONE, layout("").kind());
        assertEquals(CgroupLayout.Kind.UNIFIED, layout(two).kind());
        assertEquals(CgroupLayout.Kind.HYBRID, layout(one + named + two).kind());
        CgroupLayout legacy = layout(one + named);
        assertEquals(CgroupLayout.Kind.LEGACY, legacy.kind());
        assertEquals("/c/cpu", legacy.controllers().get("cpuacct"));
        assertEquals("/c/systemd", legacy.controllers().get("name=systemd"));
    }

    private static CgroupLayout layout(String table) throws LinuxException {
        return CgroupLayout.of(MountTable.parse(table), Set.of());
    }
}

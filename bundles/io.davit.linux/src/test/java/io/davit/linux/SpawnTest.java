package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts real programs. */
@Timeout(30)
class SpawnTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir Path temp;

    private static Spawn shell(String script) {
        return Spawn.of("/bin/sh", List.of("-c", script));
    }

    private static WaitStatus await(PidFd child) throws Exception {
        try (child) {
            assertTrue(child.awaitExit(LONG));
            return Processes.reap(child.pid()).orElseThrow();
        }
    }

    private static String readAll(Descriptor from) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[1000];
        for (int n = from.read(chunk); n > 0; n = from.read(chunk)) {
            all.write(chunk, 0, n);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static String output(Spawn spawn, int number) throws Exception {
        try (Pipe pipe = Pipe.open()) {
            PidFd child = spawn.descriptor(number, pipe.write()).start();
            pipe.write().close();
            String all = readAll(pipe.read());
            assertEquals(0, await(child).code());
            return all;
        }
    }

    @Test
    void a_child_ends_with_its_code() throws Exception {
        assertEquals(7, await(shell("exit 7").start()).code());
    }

    @Test
    void a_child_gets_arguments_environment_and_directory() throws Exception {
        Spawn spawn =
                Spawn.of("/bin/sh", List.of("-c", "echo \"$1\" \"$A\" $(pwd)", "sh", "one  é"))
                        .environment(Map.of("A", "two", "PATH", "/usr/bin:/bin"))
                        .in(temp);
        assertEquals("one  é two " + temp.toRealPath() + "\n", output(spawn, 1));
    }

    @Test
    void a_child_leads_a_group_of_its_own_if_asked() throws Exception {
        Map<String, String> path = Map.of("PATH", "/usr/bin:/bin");
        String script = "echo $$ $(cut -d' ' -f5 /proc/$$/stat)";
        String[] own = output(shell(script).environment(path).inOwnGroup(), 1).trim().split(" ");
        assertEquals(own[0], own[1]);
        String[] shared = output(shell(script).environment(path), 1).trim().split(" ");
        assertFalse(shared[0].equals(shared[1]));
    }

    @Test
    void a_child_sees_the_descriptors_given_and_no_others() throws Exception {
        try (Descriptor open = Descriptor.open("/dev/zero", EnumSet.of(OpenFlag.READ))) {
            String script = "ls /proc/self/fd/; readlink /proc/$$/fd/0 /proc/$$/fd/5";
            Spawn spawn = shell(script).environment(Map.of("PATH", "/usr/bin:/bin"));
            String seen = output(spawn.descriptor(5, open), 1);
            // ls itself opens the directory it lists, under the first free number.
            assertEquals("0\n1\n2\n3\n5\n/dev/null\n/dev/zero\n", seen);
        }
    }

    @Test
    void descriptors_can_change_places() throws Exception {
        try (Pipe one = Pipe.open();
                Pipe two = Pipe.open()) {
            int first = one.write().use(fd -> fd);
            int second = two.write().use(fd -> fd);
            String script = "echo first >&" + first + "; echo second >&" + second;
            PidFd child =
                    Spawn.of("/bin/bash", List.of("-c", script))
                            .descriptor(first, two.write())
                            .descriptor(second, one.write())
                            .start();
            one.write().close();
            two.write().close();
            assertEquals("second\n", readAll(one.read()));
            assertEquals("first\n", readAll(two.read()));
            assertEquals(0, await(child).code());
        }
    }

    @Test
    void signals_are_not_blocked_or_ignored() throws Exception {
        String seen = output(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"), 1);
        assertTrue(seen.contains("SigBlk:\t0000000000000000"), seen);
        // The C library keeps signals 32 and 33 for itself.
        assertTrue(
                seen.replace("180000000", "000000000").contains("SigIgn:\t0000000000000000"), seen);
    }

    @Test
    void a_missing_program_is_told_apart_from_one_that_cannot_be_executed() throws Exception {
        LinuxException missing =
                assertThrows(LinuxException.class, () -> Spawn.of("/no/such", List.of()).start());
        assertTrue(missing.is(Errno.ENOENT), missing.getMessage());
        Path plain = Files.writeString(temp.resolve("plain"), "text");
        LinuxException refused =
                assertThrows(
                        LinuxException.class, () -> Spawn.of(plain.toString(), List.of()).start());
        assertTrue(refused.is(Errno.EACCES), refused.getMessage());
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DAVIT_MOUNT_NAMESPACE", matches = "own")
    void a_mount_is_taken_away_for_those_who_enter_a_namespace_alone() throws Exception {
        Files.createDirectory(temp.resolve("m"));
        String at = temp.resolve("m").toRealPath().toString();
        Mounts.mount("none", at, "tmpfs", 0, "");
        try {
            Files.writeString(temp.resolve("m/inside"), "x");
            try (MountNamespace apart = MountNamespace.without(at)) {
                Spawn spawn =
                        Spawn.of(
                                "/usr/bin/nsenter",
                                List.of("--mount=" + apart.path(), "/bin/ls", "-A", at));
                assertEquals("", output(spawn, 1));
                assertTrue(Files.exists(temp.resolve("m/inside")));
            }
        } finally {
            Mounts.unmount(at, MountFlags.UMOUNT_DETACH);
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DAVIT_MOUNT_NAMESPACE", matches = "own")
    void a_namespace_without_what_is_no_mount_is_refused() {
        String at = temp.toString();
        LinuxException e = assertThrows(LinuxException.class, () -> MountNamespace.without(at));
        assertTrue(e.is(Errno.EINVAL), e.getMessage());
    }

    @Test
    void waiting_for_a_pipe_ends_with_data_with_its_end_and_with_time() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            assertFalse(pipe.read().awaitReadable(Duration.ofMillis(1)));
            pipe.write().write(new byte[] {1});
            assertTrue(pipe.read().awaitReadable(LONG));
            assertEquals(1, pipe.read().read(new byte[10]));
            pipe.write().close();
            assertTrue(pipe.read().awaitReadable(LONG));
            assertEquals(0, pipe.read().read(new byte[10]));
        }
    }

    @Test
    void a_full_pipe_takes_nothing_until_it_is_read() throws Exception {
        String at = temp.resolve("fifo").toString();
        try (Dir dir = Dir.open(temp)) {
            dir.makeFifo("fifo", 0600);
        }
        Set<OpenFlag> flags = EnumSet.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NONBLOCK);
        try (Descriptor fifo = Descriptor.open(at, flags)) {
            byte[] block = new byte[4096];
            int written = 0;
            for (int n = fifo.writeSome(block); n > 0; n = fifo.writeSome(block)) {
                written += n;
            }
            assertFalse(fifo.awaitWritable(Duration.ofMillis(1)));
            assertEquals(4096, fifo.read(block));
            assertTrue(fifo.awaitWritable(LONG));
            assertTrue(fifo.writeSome(block) > 0, "written before: " + written);
        }
    }

    @Test
    void a_child_is_reaped_once() throws Exception {
        PidFd child = shell("exit 0").start();
        assertTrue(child.awaitExit(LONG));
        assertEquals(Optional.of(0), Processes.reap(child.pid()).map(WaitStatus::code));
        int pid = child.pid();
        child.close();
        assertThrows(LinuxException.class, () -> Processes.reap(pid));
    }
}

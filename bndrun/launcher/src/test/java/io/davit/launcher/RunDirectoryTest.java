package io.davit.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Directories of runs that live, end, and are killed. */
class RunDirectoryTest {
    @TempDir Path base;

    /**
     * Makes a run directory in a process of its own, says where, and waits for its input to end.
     */
    static final class OtherRun {
        private OtherRun() {}

        public static void main(String[] args) throws IOException {
            System.out.println(RunDirectory.make(Path.of(args[0])).path());
            System.in.read();
        }
    }

    private Process otherRun() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherRun.class.getName(),
                        base.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private List<Path> found() throws IOException {
        try (var paths = Files.list(base)) {
            return paths.toList();
        }
    }

    @Test
    void a_run_gets_a_private_directory_and_removes_it() throws Exception {
        RunDirectory run = RunDirectory.make(base);
        assertEquals(List.of(run.path()), found());
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())));
        Files.writeString(Files.createDirectories(run.path().resolve("a/b")).resolve("c"), "x");
        Files.createSymbolicLink(run.path().resolve("link"), base);
        run.close();
        assertEquals(List.of(), found());
    }

    @Test
    void a_place_that_others_can_change_is_refused() throws Exception {
        Path open = Files.createDirectory(base.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        IOException refused =
                assertThrows(IOException.class, () -> RunDirectory.make(open.resolve("runs")));
        assertTrue(refused.getMessage().contains("changed by others"), refused.getMessage());
    }

    @Test
    void a_living_run_is_left_alone_and_a_killed_one_is_removed() throws Exception {
        Process other = otherRun();
        try {
            Path theirs = Path.of(other.inputReader().readLine());
            RunDirectory.make(base).close();
            assertEquals(List.of(theirs), found());
            other.destroyForcibly();
            assertTrue(other.waitFor(10, TimeUnit.SECONDS));
            RunDirectory.make(base).close();
            assertEquals(List.of(), found());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void a_killed_run_with_a_container_is_kept() throws Exception {
        Path left = Files.createDirectory(base.resolve("run-1"));
        Path bundle = Files.createDirectories(left.resolve("state/tasks/default/t1"));
        Path record = Files.createFile(bundle.resolve("task.record"));
        RunDirectory.make(base).close();
        assertEquals(List.of(left), found());
        assertTrue(Files.exists(record));
        Files.delete(record);
        RunDirectory.make(base).close();
        assertEquals(List.of(), found());
    }

    @Test
    void a_directory_that_is_just_being_made_is_left_alone() throws Exception {
        Path young = Files.createDirectory(base.resolve("new-1"));
        Path old = Files.createDirectory(base.resolve("new-2"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
        RunDirectory.make(base).close();
        assertEquals(List.of(young), found());
    }

    @Test
    void a_named_directory_is_used_by_one_run_at_a_time(@TempDir Path named) throws Exception {
        RunDirectory run = RunDirectory.make(base);
        Path directory = named.resolve("state");
        run.makeAndLock(directory);
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SecondUser.class.getName(),
                                base.toString(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .start();
        assertEquals(
                "directory is used by another run: path=" + directory,
                other.inputReader().readLine());
        assertTrue(other.waitFor(10, TimeUnit.SECONDS));
        run.close();
        assertTrue(Files.isDirectory(directory));
    }

    /** Tries to use a directory that another process uses. */
    static final class SecondUser {
        private SecondUser() {}

        public static void main(String[] args) throws IOException {
            RunDirectory run = RunDirectory.make(Path.of(args[0]));
            try {
                run.makeAndLock(Path.of(args[1]));
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
            run.close();
        }
    }

    @Test
    void a_directory_that_everybody_may_write_to_is_refused(@TempDir Path open) throws Exception {
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        RunDirectory run = RunDirectory.make(base);
        assertThrows(IOException.class, () -> run.makeAndLock(open));
        assertThrows(IOException.class, () -> run.makeAndLock(Path.of("/")));
        run.close();
        assertFalse(Files.exists(open.resolve("davit.lock")));
    }
}

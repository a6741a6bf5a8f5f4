package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ExecProcess;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.OciProcess;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskState;
import io.davit.testkit.FakeWorld;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What a manager finds again after it was away while tasks outside the JVM went on. */
class TaskRecoveryTest {
    private final FakeWorld world = FakeWorld.inMemory();
    @TempDir Path directory;

    private Node node() throws InterruptedException {
        return new Node(directory, world, false, Map.of()).awaitRecovered();
    }

    @Test
    void a_running_task_is_found_again_with_its_pid() throws Exception {
        long pid;
        try (Node before = node()) {
            pid = before.create("t1").start(Node.LONG);
        }
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            assertEquals(TaskState.RUNNING, task.status().state());
            assertEquals(pid, task.status().pid());
            task.kill(Signal.KILL, KillScope.ALL, Node.LONG);
            assertEquals(137, task.await(Node.LONG).orElseThrow().status());
            after.tasks.delete(task.id(), Node.LONG);
        }
        try (Node last = node()) {
            assertTrue(last.tasks.find(Node.id("t1")).isEmpty());
        }
    }

    @Test
    void an_exit_while_nobody_watched_is_known_afterwards() throws Exception {
        try (Node before = node()) {
            before.create("t1").start(Node.LONG);
        }
        world.exit(Node.id("t1"), "", 7);
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            assertEquals(7, task.await(Node.LONG).orElseThrow().status());
            assertEquals(7, after.tasks.delete(task.id(), Node.LONG).status());
        }
    }

    @Test
    void further_processes_are_found_again_running_or_ended_while_nobody_watched()
            throws Exception {
        try (Node before = node()) {
            Task task = before.create("t1");
            task.start(Node.LONG);
            for (String exec : List.of("runs", "ends")) {
                task.exec(
                                new ExecTask(
                                        exec,
                                        new OciProcess("{\"args\":[\"x\"],\"cwd\":\"/\"}"),
                                        Stdio.NONE),
                                Node.LONG)
                        .start(Node.LONG);
            }
        }
        world.exit(Node.id("t1"), "ends", 5);
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            ExecProcess ended = task.process("ends").orElseThrow();
            assertEquals(5, ended.await(Node.LONG).orElseThrow().status());
            assertEquals(TaskState.RUNNING, task.process("runs").orElseThrow().status().state());
            assertEquals(
                    List.of(5),
                    List.copyOf(after.events.all).stream()
                            .filter(TaskEvent.Exited.class::isInstance)
                            .map(event -> ((TaskEvent.Exited) event).exit().status())
                            .toList());
            assertEquals(5, ended.delete(Node.LONG).status());
            assertTrue(task.process("ends").isEmpty());
        }
    }

    @Test
    void an_end_is_told_after_the_creation_of_a_task_that_was_in_no_journal() throws Exception {
        leaveRunning(Damage.LOST);
        world.exit(Node.id("t1"), "", 7);
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            assertEquals(7, task.await(Node.LONG).orElseThrow().status());
            assertEquals(List.of("/tasks/create", "/tasks/exit"), after.events.topics());
        }
    }

    @Test
    void a_supervisor_that_is_proven_dead_ends_the_task_as_lost() throws Exception {
        try (Node before = node()) {
            before.create("t1").start(Node.LONG);
        }
        world.destroy(Node.id("t1"));
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            Exit exit = task.await(Node.LONG).orElseThrow();
            assertEquals(137, exit.status());
            assertTrue(exit.reason().orElseThrow().startsWith(Exit.SHIM_LOST), exit.toString());
            after.tasks.delete(task.id(), Node.LONG);
        }
    }

    @Test
    void a_deletion_of_which_only_the_record_is_left_needs_no_plugin_to_be_over() throws Exception {
        try (Node before = node()) {
            before.create("t1");
            before.plugin.before(
                    "close",
                    id -> {
                        throw new DavitException(Kind.UNAVAILABLE, "not now");
                    });
            assertThrows(DavitException.class, () -> before.tasks.delete(Node.id("t1"), Node.LONG));
        }
        world.destroy(Node.id("t1"));
        Path bundle = directory.resolve("tasks/default/t1");
        try (Stream<Path> all = Files.walk(bundle)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
        try (Node after = new Node(directory, world, false, Map.of())) {
            after.plugin.before(
                    "recover",
                    id -> {
                        throw new DavitException(Kind.UNAVAILABLE, "no answer");
                    });
            assertTrue(after.tasks.find(Node.id("t1")).isEmpty());
            after.awaitRecovered();
            assertEquals(List.of("/tasks/delete"), after.events.topics());
            after.create("t1");
        }
    }

    /** What can happen to the journal while nobody watches. */
    enum Damage {
        LOST {
            @Override
            void befall(Path journal) throws IOException {
                try (Stream<Path> files = Files.list(journal)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(journal);
            }
        },
        OVERWRITTEN {
            @Override
            void befall(Path journal) throws IOException {
                try (Stream<Path> files = Files.list(journal)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        byte[] noise = new byte[(int) Files.size(file)];
                        new Random(noise.length).nextBytes(noise);
                        Files.write(file, noise);
                    }
                }
            }
        };

        abstract void befall(Path journal) throws IOException;
    }

    private void leaveRunning(Damage damage) throws Exception {
        try (Node before = node()) {
            before.create("t1").start(Node.LONG);
        }
        damage.befall(directory.resolve("tasks.journal"));
    }

    @ParameterizedTest
    @EnumSource
    void a_running_task_outlives_its_journal(Damage damage) throws Exception {
        leaveRunning(damage);
        long pid = world.processes(Node.id("t1")).get("").pid();
        try (Node after = node()) {
            Task task = after.tasks.find(Node.id("t1")).orElseThrow();
            assertEquals(TaskState.RUNNING, task.status().state());
            assertEquals(pid, task.status().pid());
        }
        try (Node again = node()) {
            Task task = again.tasks.find(Node.id("t1")).orElseThrow();
            task.kill(Signal.KILL, KillScope.ALL, Node.LONG);
            assertEquals(137, task.await(Node.LONG).orElseThrow().status());
            again.tasks.delete(task.id(), Node.LONG);
            assertEquals(List.of(), again.directories());
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_a_journal_nothing_is_removed_before_its_shim_answers(Damage damage)
            throws Exception {
        leaveRunning(damage);
        AtomicBoolean silent = new AtomicBoolean(true);
        try (Node after = new Node(directory, world, false, Map.of())) {
            after.plugin.before(
                    "recover",
                    id -> {
                        if (silent.get()) {
                            throw new DavitException(Kind.DEADLINE_EXCEEDED, "no answer");
                        }
                    });
            after.awaitRecovered();
            assertEquals(TaskState.RUNNING, world.processes(Node.id("t1")).get("").state());
            assertEquals(List.of("tasks/default/t1", "tasks.work/default/t1"), after.directories());
            assertEquals(
                    Kind.ALREADY_EXISTS,
                    assertThrows(DavitException.class, () -> after.create("t1")).kind());
            silent.set(false);
            while (after.tasks.find(Node.id("t1")).isEmpty()) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void without_a_journal_what_a_dead_supervisor_left_is_removed() throws Exception {
        leaveRunning(Damage.LOST);
        world.destroy(Node.id("t1"));
        try (Node after = node()) {
            assertTrue(after.tasks.find(Node.id("t1")).isEmpty());
            assertEquals(List.of(), after.directories());
            after.create("t1");
        }
    }

    @Test
    void without_a_journal_a_directory_with_a_damaged_record_is_left_alone() throws Exception {
        leaveRunning(Damage.LOST);
        Path record = directory.resolve("tasks/default/t1/task.record");
        Files.write(record, new byte[] {1, 2, 3});
        try (Node after = node()) {
            assertEquals(TaskState.RUNNING, world.processes(Node.id("t1")).get("").state());
            assertTrue(Files.exists(record));
            DavitException e = assertThrows(DavitException.class, () -> after.create("t1"));
            assertEquals(Kind.ALREADY_EXISTS, e.kind());
            assertTrue(e.getMessage().contains("tasks/default/t1"), e.getMessage());
        }
    }

    @Test
    void a_directory_for_which_nothing_was_started_is_removed() throws Exception {
        Files.createDirectories(directory.resolve("tasks/default/t1/rootfs"));
        try (Node node = node()) {
            assertEquals(List.of(), node.directories());
        }
    }
}

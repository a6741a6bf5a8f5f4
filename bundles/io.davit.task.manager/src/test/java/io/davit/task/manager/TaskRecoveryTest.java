package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskState;
import io.davit.testkit.FakeWorld;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

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
}

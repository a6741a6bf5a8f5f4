package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The life of a task, step by step. */
class TaskManagerTest {
    @TempDir Path directory;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = Node.inJvm(directory).awaitRecovered();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void a_task_is_created_started_ended_and_deleted_and_each_step_is_told_once() throws Exception {
        Task task = node.create("t1");
        assertEquals(TaskState.CREATED, task.status().state());
        assertTrue(Files.isRegularFile(task.bundle().resolve("config.json")));
        long pid = task.start(Node.LONG);
        assertEquals(TaskState.RUNNING, task.status().state());
        assertEquals(pid, task.status().pid());
        node.world.exit(Node.id("t1"), "", 7);
        Exit exit = task.await(Node.LONG).orElseThrow();
        assertEquals(7, exit.status());
        assertEquals(TaskState.STOPPED, task.status().state());
        assertEquals(exit, node.tasks.delete(Node.id("t1"), Node.LONG));
        assertEquals(
                List.of("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"),
                node.events.topics());
        assertFalse(Files.exists(task.bundle()));
        assertEquals(Optional.empty(), node.tasks.find(Node.id("t1")));
        assertEquals(List.of(), node.world.supervisors());
    }

    @Test
    void a_running_task_is_not_deleted() {
        Task task = node.create("t1");
        task.start(Node.LONG);
        DavitException e =
                assertThrows(
                        DavitException.class, () -> node.tasks.delete(Node.id("t1"), Node.LONG));
        assertEquals(Kind.FAILED_PRECONDITION, e.kind());
        task.kill(Signal.KILL, KillScope.ALL, Node.LONG);
        assertEquals(137, task.await(Node.LONG).orElseThrow().status());
        assertEquals(137, node.tasks.delete(Node.id("t1"), Node.LONG).status());
    }
}

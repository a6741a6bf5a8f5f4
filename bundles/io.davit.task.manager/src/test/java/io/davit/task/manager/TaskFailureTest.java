package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.Exit;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskState;
import io.davit.testkit.FakeMounts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Each step of a create that fails leaves nothing, and the same id works afterwards. */
class TaskFailureTest {
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

    private static CreateTask request(String id, String spec) {
        return CreateTask.builder(Node.id(id), Node.RUNTIME, new OciSpec(spec))
                .rootfs(List.of(Mount.of(FakeMounts.TYPE, "s"), Mount.of("bind", "/b", "rbind")))
                .build();
    }

    private static CreateTask request(String id) {
        return request(id, Node.SPEC.json());
    }

    private static Kind kindOf(Executable call) {
        return assertThrows(DavitException.class, call).kind();
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), node.world.supervisors());
        assertEquals(0, node.mounts.count());
        assertEquals(List.of(), node.tasks.tasks(Namespace.DEFAULT));
        assertEquals(List.of(), node.events.topics());
        if (Files.exists(node.bundles())) {
            try (Stream<Path> left = Files.walk(node.bundles())) {
                assertEquals(List.of(), left.filter(p -> p.endsWith("config.json")).toList());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "start", "create"})
    void a_plugin_that_fails_leaves_nothing_and_the_id_works_again(String operation)
            throws Exception {
        node.plugin.before(
                operation,
                id -> {
                    throw new DavitException(Kind.RESOURCE_EXHAUSTED, "no room");
                });
        DavitException failure =
                assertThrows(
                        DavitException.class, () -> node.tasks.create(request("t1"), Node.LONG));
        assertEquals(Kind.RESOURCE_EXHAUSTED, failure.kind());
        assertTrue(failure.getMessage().contains("no room"), failure.getMessage());
        assertNothingLeft();
        node.plugin.heal(operation);
        assertEquals(
                TaskState.CREATED, node.tasks.create(request("t1"), Node.LONG).status().state());
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "create"})
    void a_plugin_that_breaks_is_an_internal_error_that_names_it(String operation)
            throws Exception {
        node.plugin.before(
                operation,
                id -> {
                    throw new IllegalStateException("broken");
                });
        DavitException failure =
                assertThrows(
                        DavitException.class, () -> node.tasks.create(request("t1"), Node.LONG));
        assertEquals(Kind.INTERNAL, failure.kind());
        assertTrue(failure.getMessage().contains("io.davit.fake"), failure.getMessage());
        assertNothingLeft();
    }

    @Test
    void a_runtime_nobody_serves_is_unavailable_and_names_what_is_there() throws Exception {
        CreateTask request = CreateTask.builder(Node.id("t1"), "io.nobody.v1", Node.SPEC).build();
        DavitException failure =
                assertThrows(DavitException.class, () -> node.tasks.create(request, Node.LONG));
        assertEquals(Kind.UNAVAILABLE, failure.kind());
        assertTrue(failure.getMessage().contains("io.nobody.v1"), failure.getMessage());
        assertTrue(failure.getMessage().contains(Node.RUNTIME), failure.getMessage());
        assertNothingLeft();
    }

    @Test
    void states_forbid_what_they_do_not_allow() {
        Task task = node.create("t1");
        assertEquals(Kind.FAILED_PRECONDITION, kindOf(() -> task.pause(Node.LONG)));
        task.start(Node.LONG);
        assertEquals(Kind.FAILED_PRECONDITION, kindOf(() -> task.start(Node.LONG)));
        assertEquals(Kind.FAILED_PRECONDITION, kindOf(() -> task.resume(Node.LONG)));
        task.pause(Node.LONG);
        assertEquals(TaskState.PAUSED, task.status().state());
        task.resume(Node.LONG);
        node.world.exit(task.id(), "", 0);
        task.await(Node.LONG).orElseThrow();
        ExecTask exec =
                new ExecTask("e1", new OciProcess("{\"args\":[\"x\"],\"cwd\":\"/\"}"), Stdio.NONE);
        assertEquals(Kind.FAILED_PRECONDITION, kindOf(() -> task.exec(exec, Node.LONG)));
        node.tasks.delete(task.id(), Node.LONG);
        assertEquals(Kind.NOT_FOUND, kindOf(task::status));
        assertEquals(Kind.NOT_FOUND, kindOf(() -> node.tasks.delete(task.id(), Node.LONG)));
    }

    @Test
    void a_task_that_was_never_started_can_be_deleted() {
        Task task = node.create("t1");
        assertEquals(0, node.tasks.delete(task.id(), Node.LONG).status());
        assertEquals(List.of("/tasks/create", "/tasks/delete"), node.events.topics());
    }

    @Test
    void a_plugin_that_leaves_ends_its_tasks_in_the_jvm_and_says_why() {
        Task task = node.create("t1");
        task.start(Node.LONG);
        node.shims.removePlugin(node.reference);
        Exit exit = task.await(Node.LONG).orElseThrow();
        assertEquals(143, exit.status());
        assertTrue(exit.reason().orElseThrow().startsWith(Exit.PLUGIN_REMOVED), exit.toString());
        assertEquals(143, node.tasks.delete(task.id(), Node.LONG).status());
        assertEquals(
                List.of("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"),
                node.events.topics());
    }
}

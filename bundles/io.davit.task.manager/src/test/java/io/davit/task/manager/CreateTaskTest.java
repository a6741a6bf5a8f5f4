package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Task;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskPlan;
import io.davit.spi.shim.RuntimeInfo;
import io.davit.testkit.FakeMounts;
import io.davit.testkit.FakeWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Create is all or nothing, whatever fails and whoever gives up. */
class CreateTaskTest {
    private static final Mount MOUNT = Mount.of(FakeMounts.TYPE, "/x");

    @TempDir Path directory;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = Node.external(directory).awaitRecovered();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static CreateTask withMount(String id) {
        return CreateTask.builder(Node.id(id), Node.RUNTIME, Node.SPEC)
                .rootfs(List.of(MOUNT, Mount.of("bind", "/src")))
                .build();
    }

    private DavitException assertFails(Kind kind, CreateTask request) {
        DavitException e =
                assertThrows(DavitException.class, () -> node.tasks.create(request, Node.LONG));
        assertEquals(kind, e.kind(), e.getMessage());
        return e;
    }

    private void assertNothingIsLeft() throws IOException {
        assertEquals(List.of(), node.world.supervisors());
        assertEquals(0, node.mounts.count());
        assertEquals(List.of(), node.directories());
        assertTrue(node.tasks.tasks(Namespace.DEFAULT).isEmpty());
        assertTrue(node.tasks.namespaces().isEmpty());
        assertEquals(List.of(), node.events.topics());
    }

    @ParameterizedTest
    @CsvSource({
        "info, UNAVAILABLE",
        "start, RESOURCE_EXHAUSTED",
        "create, INVALID_ARGUMENT",
        "create, INTERNAL"
    })
    void a_failure_of_the_plugin_undoes_all_and_frees_the_id(String operation, Kind kind)
            throws Exception {
        node.plugin.before(
                operation,
                id -> {
                    throw new DavitException(kind, "refused by the plugin");
                });
        DavitException e = assertFails(kind, withMount("t1"));
        assertTrue(e.getMessage().contains("refused by the plugin"), e.getMessage());
        assertNothingIsLeft();
        node.plugin.heal(operation);
        node.tasks.create(withMount("t1"), Node.LONG);
    }

    @Test
    void a_failure_of_the_mounts_undoes_all_and_frees_the_id() throws Exception {
        node.mounts.before(
                "activate",
                () -> {
                    throw new DavitException(Kind.PERMISSION_DENIED, "not this one");
                });
        assertFails(Kind.PERMISSION_DENIED, withMount("t1"));
        assertNothingIsLeft();
        node.mounts.heal("activate");
        node.tasks.create(withMount("t1"), Node.LONG);
    }

    @Test
    void a_failure_of_the_disk_undoes_all_and_frees_the_id() throws Exception {
        Path inTheWay = node.bundles().resolve("default");
        Files.createDirectories(node.bundles());
        Files.writeString(inTheWay, "");
        assertFails(Kind.INTERNAL, withMount("t1"));
        Files.delete(inTheWay);
        assertNothingIsLeft();
        node.tasks.create(withMount("t1"), Node.LONG);
    }

    @Test
    void steps_are_undone_last_first_and_each_once() {
        List<String> undone = new ArrayList<>();
        node.plugin.before("close", id -> undone.add("close"));
        node.mounts.before("deactivate", () -> undone.add("deactivate"));
        node.plugin.before(
                "create",
                id -> {
                    throw new DavitException(Kind.INTERNAL, "no");
                });
        assertFails(Kind.INTERNAL, withMount("t1"));
        assertEquals(List.of("close", "deactivate"), undone);
    }

    @Test
    void a_caller_that_is_interrupted_leaves_nothing_and_stays_interrupted() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        node.plugin.before(
                "create",
                id -> {
                    inside.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new DavitException(Kind.CANCELLED, "interrupted", e);
                    }
                });
        FutureTask<Boolean> call =
                new FutureTask<>(
                        () -> {
                            assertFails(Kind.CANCELLED, withMount("t1"));
                            return Thread.currentThread().isInterrupted();
                        });
        Thread caller = new Thread(call);
        caller.start();
        assertTrue(inside.await(20, TimeUnit.SECONDS));
        caller.interrupt();
        assertTrue(call.get(20, TimeUnit.SECONDS));
        assertNothingIsLeft();
    }

    @Test
    void what_cannot_be_undone_keeps_the_id_until_it_is() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        CountDownLatch tried = new CountDownLatch(2);
        node.plugin.before(
                "create",
                id -> {
                    throw new DavitException(Kind.INTERNAL, "no");
                });
        node.plugin.before(
                "close",
                id -> {
                    tried.countDown();
                    if (broken.get()) {
                        throw new DavitException(Kind.UNAVAILABLE, "not now");
                    }
                });
        assertFails(Kind.INTERNAL, withMount("t1"));
        assertFails(Kind.ALREADY_EXISTS, withMount("t1"));
        assertTrue(tried.await(20, TimeUnit.SECONDS));
        broken.set(false);
        node.plugin.heal("create");
        boolean taken = true;
        while (taken) {
            try {
                node.tasks.create(withMount("t1"), Node.LONG);
                taken = false;
            } catch (DavitException e) {
                assertEquals(Kind.ALREADY_EXISTS, e.kind());
                Thread.onSpinWait();
            }
        }
        assertEquals(1, node.mounts.count());
    }

    @Test
    void of_fifty_callers_of_one_id_one_gets_the_task_and_the_others_are_told() throws Exception {
        int callers = 50;
        CyclicBarrier together = new CyclicBarrier(callers);
        CountDownLatch refused = new CountDownLatch(callers - 1);
        node.plugin.before("create", id -> awaitAll(refused));
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            Callable<Boolean> call =
                    () -> {
                        together.await();
                        try {
                            node.create("t1");
                            return true;
                        } catch (DavitException e) {
                            assertEquals(Kind.ALREADY_EXISTS, e.kind());
                            refused.countDown();
                            return false;
                        }
                    };
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                results.add(threads.submit(call));
            }
            int created = 0;
            for (Future<Boolean> result : results) {
                created += result.get(60, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertEquals(1, created);
        } finally {
            threads.shutdownNow();
        }
        assertEquals(List.of("/tasks/create"), node.events.topics());
    }

    /** The one that creates is not done before all others were refused. */
    private static void awaitAll(CountDownLatch refused) {
        try {
            assertTrue(refused.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void one_id_in_two_namespaces_is_two_tasks() {
        Task one = node.create("t1");
        TaskId other = new TaskId(new Namespace("other"), "t1");
        node.tasks.create(CreateTask.builder(other, Node.RUNTIME, Node.SPEC).build(), Node.LONG);
        assertEquals(2, node.tasks.namespaces().size());
        node.tasks.delete(other, Node.LONG);
        assertEquals(1, node.tasks.tasks(Namespace.DEFAULT).size());
        assertEquals(one.id(), node.tasks.tasks(Namespace.DEFAULT).get(0).id());
    }

    @Test
    void a_namespace_has_no_more_tasks_than_configured() throws Exception {
        node.close();
        node =
                new Node(directory, FakeWorld.inMemory(), false, Map.of("tasks.per.namespace", 2))
                        .awaitRecovered();
        node.create("t1");
        node.create("t2");
        assertFails(Kind.RESOURCE_EXHAUSTED, Node.request("t3"));
        node.tasks.delete(Node.id("t1"), Node.LONG);
        node.create("t3");
    }

    @Test
    void what_the_shim_makes_is_what_the_mount_manager_left() {
        node.tasks.create(withMount("t1"), Node.LONG);
        TaskEvent.Created created = (TaskEvent.Created) node.events.all.get(0);
        assertEquals(List.of(Mount.of("bind", "/src")), created.rootfs());
        assertEquals(1, node.mounts.count());
        node.tasks.delete(Node.id("t1"), Node.LONG);
        assertEquals(0, node.mounts.count());
    }

    @Test
    void an_activation_of_the_same_mounts_is_used_and_one_of_others_is_refused() {
        ActivationName name = new ActivationName(Namespace.DEFAULT, "t1");
        node.mounts.activate(ActivateMounts.of(name, withMount("t1").rootfs()));
        node.tasks.create(withMount("t1"), Node.LONG);
        ActivationName other = new ActivationName(Namespace.DEFAULT, "t2");
        node.mounts.activate(ActivateMounts.of(other, List.of(MOUNT)));
        assertFails(Kind.ALREADY_EXISTS, withMount("t2"));
        assertEquals(2, node.mounts.count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "not json",
                "{\"ociVersion\":\"1.0.2\",\"ociVersion\":\"1.0.2\"}",
                "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[],\"cwd\":\"/\"}}",
                "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[\"x\"],\"cwd\":\"relative\"}}",
                "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[\"x\"],\"cwd\":\"/proc/self/fd/7\"}}",
                "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[\"x\"],\"cwd\":\"/\",\"user\":{\"uid\":2147483648}}}"
            })
    void a_malformed_specification_is_refused_before_anything_is_done(String spec)
            throws Exception {
        CreateTask request =
                CreateTask.builder(Node.id("t1"), Node.RUNTIME, new OciSpec(spec)).build();
        assertFails(Kind.INVALID_ARGUMENT, request);
        assertThrows(DavitException.class, () -> node.tasks.plan(request));
        assertNothingIsLeft();
        assertEquals(List.of(), node.plugin.calls());
    }

    @Test
    void hooks_and_forbidden_bind_sources_are_refused_by_policy() throws Exception {
        String head = Node.SPEC.json().substring(0, Node.SPEC.json().length() - 1);
        for (String rest :
                List.of(
                        ",\"hooks\":{\"prestart\":[{\"path\":\"/bin/sh\"}]}}",
                        ",\"mounts\":[{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/\",\"options\":[\"bind\"]}]}",
                        ",\"mounts\":[{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\""
                                + directory
                                + "/tasks\",\"options\":[\"bind\"]}]}")) {
            assertFails(
                    Kind.PERMISSION_DENIED,
                    CreateTask.builder(Node.id("t1"), Node.RUNTIME, new OciSpec(head + rest))
                            .build());
        }
        assertNothingIsLeft();
    }

    @Test
    void an_idmapped_mount_needs_a_runtime_that_can_make_it() throws Exception {
        String head = Node.SPEC.json().substring(0, Node.SPEC.json().length() - 1);
        String mount =
                ",\"mounts\":[{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/srv\",\"options\":[\"bind\",\"idmap\"]}]}";
        CreateTask request =
                CreateTask.builder(Node.id("t1"), Node.RUNTIME, new OciSpec(head + mount)).build();
        assertFails(Kind.NOT_IMPLEMENTED, request);
        assertNothingIsLeft();
        node.plugin.saying(new RuntimeInfo(Set.of(), Set.of("mount.idmap"), Map.of()));
        node.tasks.create(request, Node.LONG);
    }

    @Test
    void a_runtime_nobody_serves_is_unavailable_and_leaves_nothing() throws Exception {
        assertFails(
                Kind.UNAVAILABLE,
                CreateTask.builder(Node.id("t1"), "io.davit.nosuch.v1", Node.SPEC).build());
        assertFails(
                Kind.INVALID_ARGUMENT,
                CreateTask.builder(Node.id("t1"), "runc", Node.SPEC).build());
        assertFails(
                Kind.PERMISSION_DENIED,
                CreateTask.builder(Node.id("t1"), "/bin/sh", Node.SPEC).build());
        assertNothingIsLeft();
    }

    @Test
    void a_plan_says_the_steps_and_does_nothing() throws Exception {
        TaskPlan plan = node.tasks.plan(withMount("t1"));
        assertEquals(
                List.of(
                        "record intent",
                        "make bundle",
                        "activate mounts",
                        "start shim",
                        "create in shim",
                        "record task"),
                plan.steps().stream().map(TaskPlan.Step::what).toList());
        assertEquals(1, plan.mounts().performed());
        assertTrue(plan.steps().get(3).by().startsWith("io.davit.fake/1.0.0"));
        assertEquals(List.of("info"), node.plugin.calls());
        assertNothingIsLeft();
        node.create("t2");
        assertThrows(DavitException.class, () -> node.tasks.plan(Node.request("t2")));
    }

    @Test
    void a_bundle_directory_that_is_somebody_elses_is_left_alone() throws Exception {
        Path foreign = node.bundles().resolve("default/t1");
        Files.createDirectories(foreign);
        Files.writeString(foreign.resolve("precious"), "x");
        assertFails(Kind.ALREADY_EXISTS, Node.request("t1"));
        assertTrue(Files.exists(foreign.resolve("precious")));
        assertFalse(node.tasks.find(Node.id("t1")).isPresent());
        try (Stream<Path> files = Files.list(foreign)) {
            assertEquals(1, files.count());
        }
    }
}

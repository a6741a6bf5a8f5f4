package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.MountManager;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.CreateTask;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventListener;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebAssembly task from its creation to its deletion, through all the managers. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class TaskTest {
    @TempDir Path directory;

    @InjectBundleContext BundleContext context;

    @InjectService(timeout = 10_000)
    TaskManager tasks;

    @InjectService(timeout = 10_000)
    ShimManager shims;

    @InjectService(timeout = 10_000)
    MountManager mounts;

    private Guests guests;

    @BeforeEach
    void make_guests() {
        guests = new Guests(directory);
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        assertEquals(List.of(), tasks.tasks(Namespace.DEFAULT));
        assertEquals(List.of(), shims.shims());
        assertEquals(List.of(), mounts.list(Namespace.DEFAULT, List.of()));
    }

    @Test
    void a_task_runs_to_its_end_and_leaves_nothing() throws Exception {
        Guests.Running running = guests.start(tasks, "t1", "wait");
        Path bundle = running.task().bundle();
        assertEquals(TaskState.RUNNING, running.task().status().state());
        assertTrue(Files.isRegularFile(bundle.resolve("config.json")));
        assertEquals(3, running.finish());
        assertEquals(3, tasks.delete(TaskId.of("t1"), Guests.PATIENCE).status());
        assertFalse(Files.exists(bundle));
        assertEquals("ready\n", running.output().toString());
    }

    @Test
    void a_listener_service_is_told_what_happens() throws Exception {
        BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
        TaskEventListener listener = (cursor, event) -> told.add(event);
        ServiceRegistration<TaskEventListener> registration =
                context.registerService(
                        TaskEventListener.class,
                        listener,
                        FrameworkUtil.asDictionary(
                                Map.of("davit.task.event.topics", "/tasks/exit")));
        try {
            Guests.Running running = guests.start(tasks, "t5", "wait");
            running.finish();
            tasks.delete(TaskId.of("t5"), Guests.PATIENCE);
            TaskEvent event = told.poll(Guests.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(3, assertInstanceOf(TaskEvent.Exited.class, event).exit().status());
        } finally {
            registration.unregister();
        }
    }

    @Test
    void a_spinning_task_is_killed() throws Exception {
        Guests.Running running = guests.start(tasks, "t2", "spin");
        running.task().kill(Signal.KILL, KillScope.ALL, Guests.PATIENCE);
        assertEquals(137, Guests.awaitExit(running.task()).status());
        tasks.delete(TaskId.of("t2"), Guests.PATIENCE);
    }

    @Test
    void a_task_of_a_runtime_that_nobody_serves_is_refused_and_leaves_nothing() throws Exception {
        CreateTask request = guests.request("t3", "wait", Stdio.NONE);
        CreateTask elsewhere =
                CreateTask.builder(request.id(), "io.davit.nosuch.v1", request.spec()).build();
        DavitException e =
                assertThrows(DavitException.class, () -> tasks.create(elsewhere, Guests.PATIENCE));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("io.davit.nosuch.v1"), e.getMessage());
        assertTrue(e.getMessage().contains(Guests.RUNTIME), e.getMessage());
    }

    @Test
    void the_same_id_is_used_once_in_a_namespace_and_again_in_another() throws Exception {
        CreateTask request = guests.request("t4", "wait", Stdio.NONE);
        tasks.create(request, Guests.PATIENCE);
        DavitException e =
                assertThrows(DavitException.class, () -> tasks.create(request, Guests.PATIENCE));
        assertEquals(Kind.ALREADY_EXISTS, e.kind());
        TaskId elsewhere = new TaskId(new Namespace("other"), "t4");
        tasks.create(
                CreateTask.builder(elsewhere, Guests.RUNTIME, request.spec()).build(),
                Guests.PATIENCE);
        tasks.delete(elsewhere, Guests.PATIENCE);
        tasks.delete(request.id(), Guests.PATIENCE);
    }
}

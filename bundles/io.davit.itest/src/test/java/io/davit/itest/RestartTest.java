package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.common.service.ServiceAware;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;

import java.nio.file.Path;

/** Each manager goes away and comes back while a task inside the JVM runs. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class RestartTest {
    @TempDir Path directory;
    @InjectBundleContext BundleContext context;

    @InjectService(timeout = 10_000)
    ServiceAware<TaskManager> tasks;

    private Swap swap;

    @AfterEach
    void remove_what_is_left() throws Exception {
        Guests.removeAll(tasks.waitForService(10_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.davit.event.exchange",
                "io.davit.mount.manager",
                "io.davit.shim.manager",
                "io.davit.task.manager",
                "io.davit.journal"
            })
    void a_task_runs_on_while_a_bundle_is_stopped_updated_and_started(String name)
            throws Exception {
        swap = new Swap(context);
        Bundle bundle = swap.bundle(name);
        Guests.Running running =
                new Guests(directory).start(tasks.waitForService(10_000), "restart", "wait");
        long pid = running.task().status().pid();

        swap.restart(bundle);
        assertRunning(pid);
        swap.update(bundle);
        assertRunning(pid);

        Task found = found();
        running.input().end();
        assertEquals(3, Guests.awaitExit(found).status());
        assertEquals(
                3,
                tasks.waitForService(10_000)
                        .delete(TaskId.of("restart"), Guests.PATIENCE)
                        .status());
    }

    private Task found() throws InterruptedException {
        return tasks.waitForService(10_000).find(TaskId.of("restart")).orElseThrow();
    }

    private void assertRunning(long pid) throws Exception {
        swap.awaitService(Swap.TASKS_RECOVERED);
        Task task = found();
        assertEquals(TaskState.RUNNING, task.status().state());
        assertEquals(pid, task.status().pid());
    }
}

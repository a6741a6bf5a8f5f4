package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.shim.ShimManager;
import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** The plugin of tasks inside the JVM is replaced while they run. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class HotSwapTest {
    private static final String PLUGIN = "io.davit.shim.wasm";
    private static final String NEWER = "99.0.0";

    @TempDir Path directory;
    @InjectBundleContext BundleContext context;

    @InjectService(timeout = 10_000)
    ServiceAware<TaskManager> managers;

    @InjectService(timeout = 10_000)
    ShimManager shims;

    private Swap swap;
    private Guests guests;
    private String location;

    @BeforeEach
    void make_guests() {
        swap = new Swap(context);
        guests = new Guests(directory);
        location = swap.bundle(PLUGIN).getLocation();
    }

    /** What was installed beside goes with the test; what was there before comes back. */
    @AfterEach
    void bring_back_the_plugin() throws Exception {
        Guests.removeAll(tasks());
        BundleContext framework = context.getBundle(0).getBundleContext();
        framework.installBundle(location).start();
    }

    @Test
    void side_by_side_no_call_fails_and_the_old_classes_are_collected() throws Exception {
        Bundle old = swap.bundle(PLUGIN);
        String oldVersion = old.getVersion().toString();
        Guests.Running first = guests.start(tasks(), "old", "wait");
        AtomicBoolean enough = new AtomicBoolean();
        FutureTask<Integer> load = new FutureTask<>(() -> runTasksUntil(enough));
        Thread thread = new Thread(load, "load");
        thread.start();
        try {
            swap.installBeside(old, NEWER);
            Guests.Running second = guests.start(tasks(), "new", "wait");
            assertEquals(oldVersion, version("old"));
            assertEquals(NEWER, version("new"));
            assertEquals(3, first.finish());
            tasks().delete(TaskId.of("old"), Guests.PATIENCE);
            Remains remains = swap.uninstall(old);
            assertEquals(3, second.finish());
            tasks().delete(TaskId.of("new"), Guests.PATIENCE);
            enough.set(true);
            assertTrue(load.get() > 0);
            remains.awaitCollected();
        } finally {
            enough.set(true);
            thread.join(Guests.PATIENCE.toMillis());
        }
    }

    private TaskManager tasks() throws InterruptedException {
        return managers.waitForService(10_000);
    }

    /** Runs one task after the other; any failure fails the test. Returns how many it ran. */
    private int runTasksUntil(AtomicBoolean enough) throws Exception {
        int count = 0;
        while (!enough.get()) {
            Task task = tasks().create(guests.request("load", "wait", Stdio.NONE), Guests.PATIENCE);
            task.start(Guests.PATIENCE);
            assertEquals(3, Guests.awaitExit(task).status());
            assertEquals(3, tasks().delete(task.id(), Guests.PATIENCE).status());
            count++;
        }
        return count;
    }

    private String version(String id) {
        return shims.find(TaskId.of(id)).orElseThrow().info().version();
    }

    /** A library that the plugin uses takes it along. */
    @ParameterizedTest
    @ValueSource(strings = {PLUGIN, "io.davit.oci"})
    void an_update_in_place_ends_the_tasks_and_says_why(String updated) throws Exception {
        Bundle plugin = swap.bundle(PLUGIN);
        Guests.Running spinning = guests.start(tasks(), "spinning", "spin");
        Guests.Running waiting = guests.start(tasks(), "waiting", "wait");
        Remains remains = Remains.of(plugin);
        swap.update(swap.bundle(updated));
        swap.awaitService(Swap.TASKS_RECOVERED);
        for (TaskId id : List.of(spinning.task().id(), waiting.task().id())) {
            Exit exit = Guests.awaitExit(tasks().find(id).orElseThrow());
            assertEquals(143, exit.status());
            assertTrue(exit.reason().orElse("").startsWith(Exit.PLUGIN_REMOVED), exit.toString());
            assertEquals(143, tasks().delete(id, Guests.PATIENCE).status());
        }
        Guests.Running after = guests.start(tasks(), "after", "wait");
        assertEquals(3, after.finish());
        tasks().delete(TaskId.of("after"), Guests.PATIENCE);
        remains.awaitCollected();
    }
}

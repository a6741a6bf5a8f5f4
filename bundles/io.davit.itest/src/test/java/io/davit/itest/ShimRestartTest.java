package io.davit.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskManager;
import io.davit.api.task.TaskState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Bundles go away and come back while a container of one of containerd's shims runs. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class ShimRestartTest {
    private static final String PLUGIN = "io.davit.shim.containerd";
    private static final TaskId ID = TaskId.of("shim-restart");
    private static final String SPEC =
            """
            {"ociVersion": "1.0.2",
             "process": {"args": ["/bin/sh", "-c", "until test -e /gate; do sleep 0.1; done; exit 3"],
                         "cwd": "/", "env": ["PATH=/bin"]},
             "root": {"path": "%s"},
             "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
             "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}}
            """;

    @TempDir Path directory;
    @InjectBundleContext BundleContext context;

    @InjectService(timeout = 10_000)
    ServiceAware<TaskManager> tasks;

    private Swap swap;
    private Path rootfs;
    private long pid;

    @BeforeEach
    void start_a_container() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String program :
                List.of("/usr/bin/containerd-shim-runc-v2", "/usr/sbin/runc", "/bin/busybox")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
        swap = new Swap(context);
        rootfs = directory.resolve("rootfs");
        for (String name : List.of("bin", "proc", "dev", "sys")) {
            Files.createDirectories(rootfs.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        for (String name : List.of("sh", "sleep", "test")) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(name), Path.of("busybox"));
        }
        String spec = SPEC.formatted(rootfs);
        Task task =
                tasks.waitForService(10_000)
                        .create(
                                CreateTask.builder(ID, "io.containerd.runc.v2", new OciSpec(spec))
                                        .build(),
                                Guests.PATIENCE);
        task.start(Guests.PATIENCE);
        pid = task.status().pid();
    }

    @AfterEach
    void remove_what_is_left() throws Exception {
        Guests.removeAll(tasks.waitForService(10_000));
    }

    private Task found() throws Exception {
        swap.awaitService(Swap.TASKS_RECOVERED);
        return tasks.waitForService(10_000).find(ID).orElseThrow();
    }

    private void awaitRunning() throws Exception {
        long end = System.nanoTime() + Guests.PATIENCE.toNanos();
        while (found().status().state() != TaskState.RUNNING) {
            assertTrue(System.nanoTime() < end, () -> "not running");
            Thread.onSpinWait();
        }
        assertEquals(pid, found().status().pid());
        assertTrue(isAlive());
    }

    private boolean isAlive() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }

    private void endsWellAndIsDeleted() throws Exception {
        assertEquals(3, Guests.awaitExit(found()).status());
        assertEquals(3, tasks.waitForService(10_000).delete(ID, Guests.PATIENCE).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PLUGIN,
                "io.davit.ttrpc",
                "io.davit.shim.manager",
                "io.davit.task.manager",
                "io.davit.mount.manager"
            })
    void a_container_runs_on_while_a_bundle_is_stopped_updated_and_started(String name)
            throws Exception {
        Bundle bundle = swap.bundle(name);
        swap.restart(bundle);
        awaitRunning();
        swap.update(bundle);
        awaitRunning();
        Files.createFile(rootfs.resolve("gate"));
        endsWellAndIsDeleted();
    }

    @Test
    void an_end_without_the_plugin_is_told_when_it_is_back() throws Exception {
        Bundle plugin = swap.bundle(PLUGIN);
        plugin.stop();
        Files.createFile(rootfs.resolve("gate"));
        while (isAlive()) {
            Thread.onSpinWait();
        }
        plugin.start();
        endsWellAndIsDeleted();
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Limits and policy.
 *
 * @param tasks the most tasks of a namespace
 * @param tasksInJvm the most, for a runtime inside this JVM
 * @param execs the most further processes of a task
 * @param cleanUp how long cleaning up after one task may last
 * @param attach how long finding one shim may last
 * @param stdioRoots directories below which standard streams may lie
 */
record TaskSettings(
        int tasks,
        int tasksInJvm,
        int execs,
        Duration cleanUp,
        Duration attach,
        List<Path> stdioRoots) {
    private static final int MOST = 1_000_000;

    /** Reads and checks a configuration. */
    static TaskSettings of(TaskManagerComponent.Config config, Path state) throws DavitException {
        List<Path> roots =
                config.stdio_roots().length == 0
                        ? List.of(
                                state,
                                Path.of("/run/containerd/fifo"),
                                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath())
                        : Arrays.stream(config.stdio_roots())
                                .map(root -> TaskDirectories.require("stdio.roots", root))
                                .toList();
        return new TaskSettings(
                count("tasks.per.namespace", config.tasks_per_namespace()),
                count("tasks.in.jvm.per.namespace", config.tasks_in_jvm_per_namespace()),
                count("execs.per.task", config.execs_per_task()),
                millis("cleanup.timeout.millis", config.cleanup_timeout_millis()),
                millis("attach.timeout.millis", config.attach_timeout_millis()),
                roots);
    }

    private static int count(String key, int value) throws DavitException {
        if (value < 1 || value > MOST) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "not between 1 and " + MOST + ": " + key + "=" + value);
        }
        return value;
    }

    private static Duration millis(String key, long value) throws DavitException {
        try {
            Duration duration = Duration.ofMillis(value);
            Deadline.in(duration);
            return duration;
        } catch (DavitException e) {
            throw e.during(key);
        }
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.oci.SpecPolicy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Limits, policy and places.
 *
 * @param directories where what is kept
 * @param tasks the most tasks of a namespace
 * @param tasksInJvm the most, for a runtime inside this JVM
 * @param execs the most further processes of a task
 * @param cleanUp how long cleaning up after one task may last
 * @param attach how long finding one shim may last
 * @param stdioRoots directories below which standard streams may lie
 * @param policy what specifications may ask for
 */
record TaskSettings(
        TaskDirectories directories,
        int tasks,
        int tasksInJvm,
        int execs,
        Duration cleanUp,
        Duration attach,
        List<Path> stdioRoots,
        SpecPolicy policy) {
    private static final int MOST = 1_000_000;

    /**
     * Reads and checks a configuration.
     *
     * @param properties finds {@code davit.state.dir} and {@code davit.root.dir}; may return {@code
     *     null}
     * @param own the directory for both if nothing names one
     * @throws DavitException {@code INVALID_ARGUMENT} naming key and value
     */
    static TaskSettings of(
            TaskManagerComponent.Config config, UnaryOperator<String> properties, Path own)
            throws DavitException {
        Path state = directory("state.dir", config.state_dir(), properties, own);
        Path root = directory("root.dir", config.root_dir(), properties, own);
        return new TaskSettings(
                TaskDirectories.below(state, root),
                count("tasks.per.namespace", config.tasks_per_namespace()),
                count("tasks.in.jvm.per.namespace", config.tasks_in_jvm_per_namespace()),
                count("execs.per.task", config.execs_per_task()),
                millis("cleanup.timeout.millis", config.cleanup_timeout_millis()),
                millis("attach.timeout.millis", config.attach_timeout_millis()),
                stdioRoots(config, state),
                policy(config, state, root));
    }

    private static Path directory(
            String key, String configured, UnaryOperator<String> properties, Path own)
            throws DavitException {
        String property = properties.apply("davit." + key);
        String value = configured.isEmpty() && property != null ? property : configured;
        return value.isEmpty() ? own : TaskDirectories.require(key, value);
    }

    private static List<Path> stdioRoots(TaskManagerComponent.Config config, Path state)
            throws DavitException {
        if (config.stdio_roots().length == 0) {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
            return List.of(state, Path.of("/run/containerd/fifo"), temporary);
        }
        return Arrays.stream(config.stdio_roots())
                .map(root -> TaskDirectories.require("stdio.roots", root))
                .toList();
    }

    private static SpecPolicy policy(TaskManagerComponent.Config config, Path state, Path root) {
        Set<String> forbidden = new HashSet<>(Set.of("/", "/proc", "/sys"));
        forbidden.add(state.toString());
        forbidden.add(root.toString());
        return new SpecPolicy(
                config.hooks(), config.hardened(), config.require_limits(), forbidden);
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

package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimManager;
import io.davit.api.task.KillScope;
import io.davit.api.task.Signal;
import io.davit.api.task.Task;
import io.davit.api.task.TaskManager;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ends, bounded, the tasks that cannot outlive this JVM; the others go on. */
final class DaemonStop {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonStop.class);
    private static final Duration CALL = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final TaskManager tasks;
    private final ShimManager shims;

    DaemonStop(TaskManager tasks, ShimManager shims) {
        this.tasks = tasks;
        this.shims = shims;
    }

    /** Asks all to end, and makes those end that have not when the time is up. */
    void run() {
        List<Task> ending = new ArrayList<>();
        for (Namespace namespace : tasks.namespaces()) {
            for (Task task : tasks.tasks(namespace)) {
                if (shims.find(task.id()).filter(shim -> shim.info().inJvm()).isPresent()
                        && kill(task, Signal.TERM)) {
                    ending.add(task);
                }
            }
        }
        long endNanos = System.nanoTime() + GRACE.toNanos();
        for (Task task : ending) {
            Duration left = Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
            if (!hasEnded(task, left)) {
                kill(task, Signal.KILL);
            }
        }
    }

    private static boolean kill(Task task, Signal signal) {
        try {
            if (task.status().state().canDelete()) {
                return false;
            }
            task.kill(signal, KillScope.ALL, CALL);
            return true;
        } catch (DavitException e) {
            LOG.debug("task cannot be ended: task={}", task.id(), e);
            return false;
        }
    }

    private static boolean hasEnded(Task task, Duration within) {
        try {
            return task.await(within).isPresent();
        } catch (DavitException e) {
            LOG.debug("task cannot be waited for: task={}", task.id(), e);
            return true;
        }
    }
}

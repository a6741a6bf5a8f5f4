package io.davit.shell;

import io.davit.api.task.TaskId;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Keeps the output of detached tasks whose runtime keeps none, with one thread for all of them.
 *
 * <p>A capture lives as long as the task's plugin holds the streams.
 */
@Component(name = "io.davit.shell.logs", service = TaskLogs.class)
public final class TaskLogs {
    private static final Logger LOG = LoggerFactory.getLogger(TaskLogs.class);
    private static final long STOP_MILLIS = 2000;

    private final Map<TaskId, WeakReference<Capture>> captures = new ConcurrentHashMap<>();
    private final BlockingQueue<Capture> ready = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "davit-task-logs");

    /** Starts the thread that writes. */
    @Activate
    public void start() {
        writer.setDaemon(true);
        writer.start();
    }

    /** Lets captured tasks go on without a log. */
    @Deactivate
    void stop() {
        writer.interrupt();
        try {
            writer.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        captures.values().stream()
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .forEach(Capture::close);
    }

    /** Makes a capture for a task to be created. */
    Capture capture(TaskId id) {
        Capture capture = new Capture(ready::add);
        captures.values().removeIf(each -> each.get() == null);
        captures.put(id, new WeakReference<>(capture));
        return capture;
    }

    /** Finds the capture of a task that runs. */
    Optional<Capture> find(TaskId id) {
        WeakReference<Capture> found = captures.get(id);
        return Optional.ofNullable(found == null ? null : found.get());
    }

    private void write() {
        try {
            while (true) {
                write(ready.take());
            }
        } catch (InterruptedException e) {
            LOG.debug("task logs end", e);
        }
    }

    private static void write(Capture capture) {
        try {
            capture.write();
        } catch (IOException e) {
            LOG.warn("output of a task is lost: cause={}", e.toString());
        }
    }
}

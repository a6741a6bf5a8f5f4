package io.davit.shim.manager;

import io.davit.api.shim.ShimListener;
import io.davit.api.task.Exit;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is known of a shim's task without asking, and told to its listener: each exit once, whoever
 * tells it and however often. The listener is called with no lock held.
 */
final class ShimNews {
    private static final Logger LOG = LoggerFactory.getLogger(ShimNews.class);

    private final TaskId id;
    private final RecordedExits exits = new RecordedExits();

    /** Who is told; changed by attach, read by any thread. */
    private volatile ShimListener listener;

    /** Whether the supervisor answers, as far as is known. Guarded by this. */
    private boolean reachable = true;

    ShimNews(TaskId id, ShimListener listener) {
        this.id = id;
        this.listener = listener;
        exits.added(ShimTask.INIT);
    }

    RecordedExits exits() {
        return exits;
    }

    synchronized boolean isReachable() {
        return reachable;
    }

    /** Changes who is told, and tells what is known. */
    void listen(ShimListener next, boolean reachableNow) {
        listener = next;
        exits.all().forEach(next::exited);
        next.reachable(reachableNow);
    }

    void exited(String execId, Exit exit) {
        if (exits.record(execId, exit)) {
            tell(to -> to.exited(execId, exit));
        }
    }

    void outOfMemory() {
        tell(ShimListener::outOfMemory);
    }

    void reachable(boolean now) {
        synchronized (this) {
            if (reachable == now) {
                return;
            }
            reachable = now;
        }
        tell(to -> to.reachable(now));
    }

    /** Ends every process that has not ended, because of the plugin. */
    void pluginRemoved() {
        endAll(Exit.because(0, 143, Instant.now(), Exit.PLUGIN_REMOVED));
    }

    /** Ends every process because the shim is proven dead. */
    void lost(Optional<Exit> init) {
        init.ifPresent(exit -> exited(ShimTask.INIT, exit));
        endAll(Exit.because(0, 137, Instant.now(), Exit.SHIM_LOST));
    }

    private void endAll(Exit exit) {
        exits.running().forEach(execId -> exited(execId, exit));
    }

    /** Runs on a plugin's thread, or on the one that stops it. */
    @SuppressWarnings("checkstyle:IllegalCatch") // a listener's failure is not the plugin's
    private void tell(Consumer<ShimListener> message) {
        try {
            message.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("shim listener failed: task={}", id, e);
        }
    }
}

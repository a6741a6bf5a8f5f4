package io.davit.shim.manager;

import io.davit.api.shim.StartShim;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.spi.shim.ShimContext;

import java.util.Optional;

/**
 * What one instance of a plugin knows about its task, and its line to what is told of the task; cut
 * when the instance is taken away.
 */
final class ManagedContext implements ShimContext {
    private final StartShim request;

    /** Emptied when the line is cut; read by any thread. */
    private volatile ShimNews news;

    /** Makes a context whose line is cut from the beginning, for a clean-up. */
    ManagedContext(StartShim request) {
        this.request = request;
    }

    /** Makes a context of a shim. */
    ManagedContext(StartShim request, ShimNews news) {
        this.request = request;
        this.news = news;
    }

    void cut() {
        news = null;
    }

    @Override
    public OciBundle bundle() {
        return request.bundle();
    }

    @Override
    public String runtime() {
        return request.runtime();
    }

    @Override
    public Optional<TypedValue> options() {
        return request.options();
    }

    @Override
    public Optional<String> sandbox() {
        return request.sandbox();
    }

    @Override
    public void exited(String execId, Exit exit) {
        ShimNews now = news;
        if (now != null) {
            now.exited(execId, exit);
        }
    }

    @Override
    public void outOfMemory() {
        ShimNews now = news;
        if (now != null) {
            now.outOfMemory();
        }
    }

    @Override
    public void reachable(boolean reachable) {
        ShimNews now = news;
        if (now != null) {
            now.reachable(reachable);
        }
    }
}

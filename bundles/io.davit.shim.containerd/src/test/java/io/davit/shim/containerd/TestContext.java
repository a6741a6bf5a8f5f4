package io.davit.shim.containerd;

import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.spi.shim.ShimContext;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What a plugin tells, kept. */
final class TestContext implements ShimContext {
    /** One exit that was told. */
    record Told(String execId, Exit exit) {}

    private final OciBundle bundle;
    private final String runtime;
    private final Optional<TypedValue> options;
    private final Optional<String> sandbox;
    final List<Told> exits = new CopyOnWriteArrayList<>();
    final List<Boolean> reachable = new CopyOnWriteArrayList<>();
    final AtomicInteger outOfMemory = new AtomicInteger();

    TestContext(
            OciBundle bundle,
            String runtime,
            Optional<TypedValue> options,
            Optional<String> sandbox) {
        this.bundle = bundle;
        this.runtime = runtime;
        this.options = options;
        this.sandbox = sandbox;
    }

    /** The same task, for a successor. */
    TestContext again() {
        return new TestContext(bundle, runtime, options, sandbox);
    }

    @Override
    public OciBundle bundle() {
        return bundle;
    }

    @Override
    public String runtime() {
        return runtime;
    }

    @Override
    public Optional<TypedValue> options() {
        return options;
    }

    @Override
    public Optional<String> sandbox() {
        return sandbox;
    }

    @Override
    public void exited(String execId, Exit exit) {
        exits.add(new Told(execId, exit));
    }

    @Override
    public void outOfMemory() {
        outOfMemory.incrementAndGet();
    }

    @Override
    public void reachable(boolean now) {
        reachable.add(now);
    }

    /** Waits for the end of a process to be told. */
    Exit awaitExit(String execId) {
        Await.until(() -> exits.stream().anyMatch(told -> told.execId().equals(execId)));
        return exits.stream()
                .filter(told -> told.execId().equals(execId))
                .findFirst()
                .orElseThrow()
                .exit();
    }
}

package io.davit.shim.oci;

import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.spi.shim.ShimContext;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A context that keeps what it is told. */
final class TestContext implements ShimContext {
    final BlockingQueue<Map.Entry<String, Exit>> exits = new LinkedBlockingQueue<>();
    final AtomicInteger ooms = new AtomicInteger();
    private final OciBundle bundle;
    private final String runtime;

    TestContext(OciBundle bundle, String runtime) {
        this.bundle = bundle;
        this.runtime = runtime;
    }

    /** Waits for the next exit. */
    Map.Entry<String, Exit> nextExit(Duration atMost) throws InterruptedException {
        Map.Entry<String, Exit> next = exits.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("no exit was told within " + atMost);
        }
        return next;
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
        return Optional.empty();
    }

    @Override
    public Optional<String> sandbox() {
        return Optional.empty();
    }

    @Override
    public void exited(String execId, Exit exit) {
        exits.add(Map.entry(execId, exit));
    }

    @Override
    public void outOfMemory() {
        ooms.incrementAndGet();
    }

    @Override
    public void reachable(boolean reachable) {}
}

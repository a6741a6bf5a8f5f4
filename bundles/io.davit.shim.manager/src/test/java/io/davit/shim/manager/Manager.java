package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimListener;
import io.davit.api.shim.StartShim;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.testkit.FakePlugin;
import io.davit.testkit.FakeWorld;
import io.davit.testkit.PluginReference;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;
import org.osgi.util.converter.Converters;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A shim manager without a framework, and what tests need around it. */
final class Manager implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(100);
    static final String RUNTIME = "io.davit.fake.v1";

    final ShimManagerComponent component = new ShimManagerComponent();
    final FakeWorld world;
    private final AtomicLong services = new AtomicLong();

    Manager() {
        this(FakeWorld.inMemory(), Map.of());
    }

    Manager(FakeWorld world, Map<String, Object> config) {
        this.world = world;
        Map<String, Object> all = new HashMap<>();
        all.put("drain.timeout.millis", 300L);
        all.put("swap.window.millis", 300L);
        all.putAll(config);
        component.activate(config(all));
    }

    static ShimManagerComponent.Config config(Map<String, Object> values) {
        return Converters.standardConverter().convert(values).to(ShimManagerComponent.Config.class);
    }

    FakePlugin external() {
        return new FakePlugin(world, false);
    }

    FakePlugin inJvm() {
        return new FakePlugin(world, true);
    }

    /** Registers a plugin, as version 1.0.0 of the fake bundle. */
    PluginReference add(FakePlugin plugin, boolean inJvm) {
        return add(plugin, reference("1.0.0").with("davit.shim.in.jvm", inJvm));
    }

    PluginReference add(FakePlugin plugin, PluginReference reference) {
        component.addPlugin(reference, plugin);
        return reference;
    }

    PluginReference reference(String version) {
        return reference(version, RUNTIME);
    }

    PluginReference reference(String version, String... runtimes) {
        return new PluginReference(services.incrementAndGet(), "io.davit.fake", version, runtimes);
    }

    static TaskId id(String id) {
        return TaskId.of(id);
    }

    static StartShim request(String id, ShimListener listener) {
        return new StartShim(
                RUNTIME,
                new OciBundle(id(id), Path.of("/nowhere/" + id)),
                Optional.empty(),
                Optional.empty(),
                listener);
    }

    Shim start(String id) {
        return start(id, new Heard());
    }

    Shim start(String id, ShimListener listener) {
        return component.start(request(id, listener), LONG);
    }

    /** Starts a shim with a running task. */
    Shim run(String id, ShimListener listener) {
        Shim shim = start(id, listener);
        shim.create(
                new CreateShimTask(List.of(), Stdio.NONE, Optional.empty(), Optional.empty()),
                LONG);
        shim.start("", LONG);
        return shim;
    }

    /** Waits for a latch whatever happens to the thread: a plugin that ignores its deadline. */
    static void hang(CountDownLatch open) {
        boolean waiting = true;
        while (waiting) {
            try {
                open.await();
                waiting = false;
            } catch (InterruptedException ignored) {
                // ignores this too
            }
        }
    }

    static DavitException assertFails(Kind kind, Executable call) {
        DavitException e = Assertions.assertThrows(DavitException.class, call);
        Assertions.assertEquals(kind, e.kind(), e.getMessage());
        return e;
    }

    /** What a listener was told. */
    static final class Heard implements ShimListener {
        final BlockingQueue<String> all = new LinkedBlockingQueue<>();

        @Override
        public void exited(String execId, Exit exit) {
            all.add("exit " + execId + " " + exit.status() + " " + exit.reason().orElse("-"));
        }

        @Override
        public void outOfMemory() {
            all.add("oom");
        }

        @Override
        public void reachable(boolean reachable) {
            all.add("reachable " + reachable);
        }

        String next() throws InterruptedException {
            String next = all.poll(20, TimeUnit.SECONDS);
            Assertions.assertNotNull(next, "nothing was told");
            return next;
        }
    }

    @Override
    public void close() {
        component.deactivate();
    }
}

package io.davit.task.manager;

import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;
import io.davit.api.task.TaskId;
import io.davit.shim.manager.ShimManagerComponent;
import io.davit.spi.shim.ShimPlugin;
import io.davit.testkit.FakeMounts;
import io.davit.testkit.PluginReference;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;
import org.osgi.util.converter.Converters;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A task manager with a real shim manager over one plugin, and fake mounts, without a framework.
 */
class Managers implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);

    final Path directory;
    final FakeMounts mounts;
    final Events events = new Events();
    final ShimManagerComponent shims = new ShimManagerComponent();
    final TaskManagerComponent tasks;
    private final CountDownLatch recovered = new CountDownLatch(1);

    /** A plugin as it is registered. */
    record Registered(ShimPlugin plugin, PluginReference reference) {}

    /** Collects what is published. */
    static final class Events implements TaskEventBus {
        final List<TaskEvent> all = Collections.synchronizedList(new ArrayList<>());

        @Override
        public long publish(TaskEvent event) {
            all.add(event);
            return all.size();
        }

        @Override
        public Subscription subscribe(
                TaskEventFilter filter, long after, TaskEventListener listener) {
            throw new UnsupportedOperationException("only collects");
        }

        List<String> topics() {
            return all.stream().map(TaskEvent::topic).toList();
        }
    }

    Managers(Path directory, FakeMounts mounts, Registered plugin, Map<String, Object> config) {
        this.directory = directory;
        this.mounts = mounts;
        shims.activate(
                Converters.standardConverter()
                        .convert(Map.of("swap.window.millis", 1000L, "drain.timeout.millis", 500L))
                        .to(ShimManagerComponent.Config.class));
        shims.addPlugin(plugin.reference(), plugin.plugin());
        this.tasks =
                new TaskManagerComponent(
                        framework(),
                        Converters.standardConverter()
                                .convert(config)
                                .to(TaskManagerComponent.Config.class),
                        shims,
                        mounts);
        tasks.connect(events);
        tasks.start();
    }

    private BundleContext framework() {
        return (BundleContext)
                Proxy.newProxyInstance(
                        Managers.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, args) ->
                                switch (method.getName()) {
                                    case "getDataFile" -> directory.toFile();
                                    case "getProperty" -> null;
                                    case "registerService" -> register(args);
                                    default ->
                                            throw new UnsupportedOperationException(
                                                    method.getName());
                                });
    }

    private ServiceRegistration<?> register(Object[] args) {
        if (args[0] == Condition.class) {
            recovered.countDown();
        }
        return (ServiceRegistration<?>)
                Proxy.newProxyInstance(
                        Managers.class.getClassLoader(),
                        new Class<?>[] {ServiceRegistration.class},
                        (proxy, method, a) -> null);
    }

    void requireRecovered() throws InterruptedException {
        if (!recovered.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("not recovered in time");
        }
    }

    Path bundles() {
        return directory.resolve("tasks");
    }

    /** The bundle and work directories that are there, hidden ones too. */
    List<String> directories() throws IOException {
        List<String> found = new ArrayList<>();
        for (String top : List.of("tasks", "tasks.work")) {
            Path root = directory.resolve(top);
            if (Files.isDirectory(root)) {
                try (Stream<Path> all = Files.walk(root, 2, FileVisitOption.values())) {
                    all.filter(p -> root.relativize(p).getNameCount() == 2)
                            .forEach(p -> found.add(top + "/" + root.relativize(p)));
                }
            }
        }
        return found;
    }

    /** The tasks that have something running outside of this process, as far as can be told. */
    List<TaskId> supervisors() {
        return List.of();
    }

    @Override
    public void close() {
        tasks.stop();
        shims.deactivate();
    }
}

package io.davit.task.manager;

import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Task;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;
import io.davit.api.task.TaskId;
import io.davit.shim.manager.ShimManagerComponent;
import io.davit.testkit.FakeMounts;
import io.davit.testkit.FakePlugin;
import io.davit.testkit.FakeWorld;
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

/** A task manager with a real shim manager, a fake plugin and fake mounts, without a framework. */
final class Node implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(20);
    static final String RUNTIME = "io.davit.fake.v1";
    static final OciSpec SPEC =
            new OciSpec(
                    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},"
                            + "\"process\":{\"args\":[\"x\"],\"cwd\":\"/\",\"user\":{\"uid\":0,\"gid\":0}}}");

    final Path directory;
    final FakeWorld world;
    final FakePlugin plugin;
    final PluginReference reference;
    final FakeMounts mounts;
    final Events events = new Events();
    final ShimManagerComponent shims = new ShimManagerComponent();
    final TaskManagerComponent tasks;
    private final CountDownLatch recovered = new CountDownLatch(1);

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

    Node(Path directory, FakeWorld world, boolean inJvm, Map<String, Object> config) {
        this(directory, world, new FakeMounts(), inJvm, config);
    }

    private Node(
            Path directory,
            FakeWorld world,
            FakeMounts mounts,
            boolean inJvm,
            Map<String, Object> config) {
        this.directory = directory;
        this.world = world;
        this.mounts = mounts;
        this.plugin = new FakePlugin(world, inJvm);
        this.reference =
                new PluginReference(1, "io.davit.fake", "1.0.0", RUNTIME)
                        .with("davit.shim.in.jvm", inJvm);
        shims.activate(
                Converters.standardConverter()
                        .convert(Map.of("swap.window.millis", 1000L, "drain.timeout.millis", 500L))
                        .to(ShimManagerComponent.Config.class));
        shims.addPlugin(reference, plugin);
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

    static Node inJvm(Path directory) {
        return new Node(directory, FakeWorld.inMemory(), true, Map.of());
    }

    static Node external(Path directory) {
        return new Node(directory, FakeWorld.inMemory(), false, Map.of());
    }

    /** A node whose supervisors and mounts are in the directory too, and outlive this process. */
    static Node lasting(Path directory) throws IOException {
        return new Node(
                directory,
                FakeWorld.in(directory.resolve("world")),
                FakeMounts.in(directory.resolve("mounts")),
                false,
                Map.of());
    }

    private BundleContext framework() {
        return (BundleContext)
                Proxy.newProxyInstance(
                        Node.class.getClassLoader(),
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
                        Node.class.getClassLoader(),
                        new Class<?>[] {ServiceRegistration.class},
                        (proxy, method, a) -> null);
    }

    Node awaitRecovered() throws InterruptedException {
        if (!recovered.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("not recovered in time");
        }
        return this;
    }

    static TaskId id(String id) {
        return new TaskId(Namespace.DEFAULT, id);
    }

    static CreateTask request(String id) {
        return CreateTask.builder(id(id), RUNTIME, SPEC).build();
    }

    Task create(String id) {
        return tasks.create(request(id), LONG);
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

    @Override
    public void close() {
        tasks.stop();
        shims.deactivate();
    }
}

package io.davit.task.manager;

import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Task;
import io.davit.api.task.TaskId;
import io.davit.testkit.FakeMounts;
import io.davit.testkit.FakePlugin;
import io.davit.testkit.FakeWorld;
import io.davit.testkit.PluginReference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Managers over a fake plugin. */
final class Node extends Managers {
    static final String RUNTIME = "io.davit.fake.v1";
    static final OciSpec SPEC =
            new OciSpec(
                    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},"
                            + "\"process\":{\"args\":[\"x\"],\"cwd\":\"/\",\"user\":{\"uid\":0,\"gid\":0}}}");

    final FakeWorld world;
    final FakePlugin plugin;
    final PluginReference reference;

    Node(Path directory, FakeWorld world, boolean inJvm, Map<String, Object> config) {
        this(directory, world, new FakeMounts(), registered(world, inJvm), config);
    }

    private Node(
            Path directory,
            FakeWorld world,
            FakeMounts mounts,
            Registered registered,
            Map<String, Object> config) {
        super(directory, mounts, registered, config);
        this.world = world;
        this.plugin = (FakePlugin) registered.plugin();
        this.reference = registered.reference();
    }

    private static Registered registered(FakeWorld world, boolean inJvm) {
        return new Registered(
                new FakePlugin(world, inJvm),
                new PluginReference(1, "io.davit.fake", "1.0.0", RUNTIME)
                        .with("davit.shim.in.jvm", inJvm));
    }

    static Node inJvm(Path directory) {
        return new Node(directory, FakeWorld.inMemory(), true, Map.of());
    }

    static Node external(Path directory) {
        return new Node(directory, FakeWorld.inMemory(), false, Map.of());
    }

    /** A node whose supervisors and mounts are in the directory too, and outlive this process. */
    static Node lasting(Path directory) throws IOException {
        FakeWorld world = FakeWorld.in(directory.resolve("world"));
        return new Node(
                directory,
                world,
                FakeMounts.in(directory.resolve("mounts")),
                registered(world, false),
                Map.of());
    }

    Node awaitRecovered() throws InterruptedException {
        requireRecovered();
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

    @Override
    List<TaskId> supervisors() {
        return world.supervisors();
    }
}

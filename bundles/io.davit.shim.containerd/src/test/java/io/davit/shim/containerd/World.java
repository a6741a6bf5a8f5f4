package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.names.Namespace;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.OciBundle;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.api.task.TypedValue;
import io.davit.linux.Dir;
import io.davit.linux.MountTable;
import io.davit.spi.shim.ShimInstance;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The plugin without a framework, in directories of its own, with bundles and a root filesystem.
 * Closing it ends every task and fails if anything is left of one.
 */
final class World implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(90);
    static final String RUNTIME = "io.containerd.runc.v2";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Namespace namespace =
            new Namespace(
                    "davit-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet());
    final Path root;
    final Path rootfs;
    private final List<Path> binaries;
    private final List<TestContext> contexts = new ArrayList<>();
    Settings settings;
    LateHost late;
    Host host;
    ContainerdPlugin plugin;

    World(Path binaries) throws IOException {
        this(List.of(binaries));
    }

    World(List<Path> binaries) throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "not root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")), "runc is not installed");
        this.binaries = binaries;
        this.root = Files.createTempDirectory("davit-shim");
        this.rootfs = Busybox.rootfs(root.resolve("root"));
        Files.createDirectories(root.resolve("bundles").resolve(namespace.name()));
        open();
    }

    /** Starts the plugin, again after {@link #leave}. */
    void open() {
        settings =
                new Settings(
                        binaries,
                        Set.of(),
                        root.resolve("run"),
                        "test",
                        Set.of(),
                        Map.of(),
                        false,
                        new Settings.Times(
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(10)));
        late = new LateHost(settings);
        host = late.get();
        plugin = new ContainerdPlugin(late);
    }

    /** Stops the plugin; shims go on. */
    void leave() {
        late.close();
    }

    /** Stops the plugin and starts a successor. */
    void restart() {
        leave();
        open();
    }

    /** Makes the bundle of a task. */
    TestContext bundle(String id, Spec spec) throws IOException {
        return bundle(id, spec, Optional.empty(), Optional.empty());
    }

    TestContext bundle(String id, Spec spec, Optional<TypedValue> options, Optional<String> sandbox)
            throws IOException {
        Path path = root.resolve("bundles").resolve(namespace.name()).resolve(id);
        Files.createDirectory(path);
        Files.createDirectory(path.resolve("rootfs"));
        OciBundle bundle = new OciBundle(new TaskId(namespace, id), path);
        Files.writeString(bundle.config(), spec.json(this, id));
        TestContext context = new TestContext(bundle, RUNTIME, options, sandbox);
        contexts.add(context);
        return context;
    }

    ShimInstance start(TestContext context) {
        return plugin.start(context, LONG);
    }

    /** Starts the shim of a task, creates the task, and starts it. */
    ShimInstance run(TestContext context, Stdio stdio) {
        ShimInstance shim = start(context);
        create(shim, stdio);
        shim.start(ShimTask.INIT, LONG);
        return shim;
    }

    static long create(ShimInstance shim, Stdio stdio) {
        return shim.create(
                new CreateShimTask(List.of(), stdio, Optional.empty(), Optional.empty()), LONG);
    }

    /** Removes the directory of a task that was deleted. */
    void removed(TestContext context) throws IOException {
        delete(context.bundle().path());
    }

    @Override
    public void close() throws IOException {
        try {
            for (TestContext context : contexts) {
                if (Files.exists(context.bundle().path())) {
                    end(context);
                }
            }
            assertNothingLeft();
        } finally {
            leave();
            delete(root);
        }
    }

    private void end(TestContext context) {
        Optional<ShimState> served = host.find(context.bundle().id());
        if (served.isPresent()) {
            new ContainerdTask(served.get()).close(LONG);
        } else {
            plugin.cleanUp(context, LONG);
        }
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), sockets(), "sockets");
        assertEquals(Set.of(), entries(settings.sockets()), "our sockets");
        Path state = Path.of("/run/containerd/runc").resolve(namespace.name());
        assertFalse(Files.exists(state), "state of containers");
        assertEquals(
                List.of(),
                MountTable.read().entries().stream()
                        .map(entry -> entry.mountPoint())
                        .filter(point -> point.startsWith(root.toString()))
                        .toList(),
                "mounts");
        assertEquals(List.of(), processes(), "processes");
        Await.until(() -> Busybox.groups(namespace.name()).isEmpty());
    }

    /** The sockets of shims of this world's tasks. */
    private List<Path> sockets() {
        return contexts.stream()
                .flatMap(c -> new ShimAddress(settings, c.bundle()).expected().stream())
                .filter(Files::exists)
                .toList();
    }

    /** The processes that run in a bundle of this world. */
    List<String> processes() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                try {
                    String directory = Files.readSymbolicLink(process.resolve("cwd")).toString();
                    if (directory.startsWith(root.toString())) {
                        found.add(process + " " + Files.readString(process.resolve("cmdline")));
                    }
                } catch (IOException ignored) {
                    // it has ended
                }
            }
        }
        return found;
    }

    private static Set<Path> entries(Path directory) throws IOException {
        Set<Path> found = new java.util.TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
                all.forEach(found::add);
            }
        }
        return found;
    }

    static void delete(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Dir parent = Dir.open(path.getParent())) {
                parent.deleteTree(path.getFileName().toString());
            }
        }
    }
}

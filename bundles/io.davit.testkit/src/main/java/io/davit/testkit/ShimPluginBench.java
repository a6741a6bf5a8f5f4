package io.davit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.ShimPlugin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What an author says about a plugin, and the tasks that a contract test makes with it. Whatever a
 * test leaves, other than files in the plugin's own directory, fails it.
 *
 * @since 1.0
 */
public abstract class ShimPluginBench {
    /** The exec id of the init process. */
    static final String INIT = ShimTask.INIT;

    /** Long enough for every call on a busy machine. */
    static final Duration LONG = Duration.ofSeconds(60);

    /** How long what a task had may take to go. */
    private static final Duration GONE = Duration.ofSeconds(10);

    private final Map<String, ContractTask> tasks = new LinkedHashMap<>();
    @TempDir private Path temporary;
    private Path directory;
    private LeakOracle before;
    private ShimPlugin plugin;

    /** Makes a bench; JUnit does. */
    protected ShimPluginBench() {
        // everything is made for each test
    }

    /**
     * Opens the plugin, or a successor of one that was closed before in the same directory.
     *
     * @param state a directory for what the plugin keeps
     * @return the plugin
     * @throws Exception if that fails
     */
    protected abstract ShimPlugin open(Path state) throws Exception;

    /**
     * Closes a plugin, as its removal from a framework does.
     *
     * @param open what {@link #open} returned
     * @throws Exception if that fails
     */
    protected abstract void close(ShimPlugin open) throws Exception;

    /**
     * Returns the name of the runtime under test.
     *
     * @return one that the plugin serves
     */
    protected abstract String runtime();

    /**
     * Writes {@code config.json} and fills {@code rootfs}, a directory, of a bundle. The name of
     * its control group holds the task's {@link TaskId#namespace}, which is another one for each
     * test: that is how leaks are found.
     *
     * @param bundle where
     * @param guest what its init process does
     * @throws IOException if that fails
     */
    protected abstract void fill(OciBundle bundle, Guest guest) throws IOException;

    /**
     * Describes a further process in a bundle that {@link #fill} filled.
     *
     * @param guest what it does
     * @return the description
     */
    protected abstract OciProcess process(Guest guest);

    /**
     * Returns what the plugin cannot do.
     *
     * @return the abilities it lacks; none unless overridden
     */
    protected Set<ShimAbility> lacks() {
        return EnumSet.noneOf(ShimAbility.class);
    }

    @BeforeEach
    final void openBench() throws Exception {
        directory = temporary.toRealPath();
        Files.createDirectory(directory.resolve("state"));
        before = LeakOracle.now(directory, namespace().name());
        plugin = open(directory.resolve("state"));
    }

    @AfterEach
    final void closeBench() throws Exception {
        for (ContractTask task : tasks.values()) {
            task.shim().close(LONG);
            plugin.cleanUp(task.told(), LONG);
        }
        close(plugin);
        before.assertNothingNew(GONE, EnumSet.of(LeakOracle.Kind.MOUNT));
        // a bundle directory and what lies in it is not the plugin's to remove
        removeAll(directory.resolve("tasks"));
        before.assertNothingNew(GONE, EnumSet.complementOf(EnumSet.of(LeakOracle.Kind.FILE)));
    }

    private static void removeAll(Path top) throws IOException {
        if (Files.exists(top)) {
            try (Stream<Path> all = Files.walk(top)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private Namespace namespace() {
        return new Namespace(directory.getFileName().toString());
    }

    final Path directory() {
        return directory;
    }

    final ShimPlugin plugin() {
        return plugin;
    }

    /** Has the plugin leave and a successor come. */
    final void replacePlugin() throws Exception {
        close(plugin);
        plugin = open(directory.resolve("state"));
    }

    final boolean can(ShimAbility ability) {
        return !lacks().contains(ability);
    }

    /** Makes the bundle of a task. */
    final ToldExits bundle(String id, Guest guest) throws IOException {
        OciBundle bundle =
                new OciBundle(new TaskId(namespace(), id), directory.resolve("tasks").resolve(id));
        Files.createDirectories(bundle.rootfs());
        fill(bundle, guest);
        return new ToldExits(bundle, runtime());
    }

    /** Starts the shim of a task; it is ended after the test. */
    final ContractTask shim(ToldExits told) {
        ContractTask task = new ContractTask(plugin.start(told, LONG), told);
        tasks.put(told.bundle().id().id(), task);
        return task;
    }

    /** Follows a task with another shim from now on. */
    final void follow(ContractTask task) {
        tasks.put(task.told().bundle().id().id(), task);
    }

    /** Creates a task. */
    final ContractTask create(String id, Guest guest, Stdio stdio) throws IOException {
        ContractTask task = shim(bundle(id, guest));
        task.shim().create(request(stdio), LONG);
        return task;
    }

    /** Creates and starts a task. */
    final ContractTask start(String id, Guest guest, Stdio stdio) throws IOException {
        ContractTask task = create(id, guest, stdio);
        task.shim().start(INIT, LONG);
        return task;
    }

    /** Creates and starts a task, and waits until its guest said that it waits. */
    final ContractTask startWaiting(String id) throws Exception {
        Collector out = new Collector();
        ContractTask task = start(id, Guest.of(Guest.Act.WAIT), out.asOutput());
        until("guest is ready", () -> out.text().equals("ready\n"));
        return task;
    }

    static CreateShimTask request(Stdio stdio) {
        return new CreateShimTask(List.of(), stdio, Optional.empty(), Optional.empty());
    }

    final ExecTask exec(String execId, Guest guest, Stdio stdio) {
        return new ExecTask(execId, process(guest), stdio);
    }

    static DavitException assertFails(Kind kind, Executable call) {
        DavitException failure = assertThrows(DavitException.class, call);
        assertEquals(kind, failure.kind(), failure.getMessage());
        return failure;
    }

    /** Waits for what others do. */
    static void until(String what, BooleanSupplier done) throws InterruptedException {
        LeakOracle.await(LONG, what, done);
    }
}

package io.davit.shim.oci;

import io.davit.api.task.CreateShimTask;
import io.davit.api.task.OciBundle;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.linux.CgroupLayout;
import io.davit.linux.Dir;
import io.davit.linux.MountFlags;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A plugin on this machine with a state directory and control groups of its own. Closing it removes
 * everything and fails if a test has left something behind.
 */
final class TestHost {
    static final Duration LONG = Duration.ofSeconds(30);

    final Path root;
    final Path rootfs;
    final String cgroup;
    OciPlugin plugin;
    private final Map<String, TestContext> contexts = new HashMap<>();

    TestHost() throws Exception {
        this(TestHost.settings("crun", "runc"));
    }

    TestHost(Settings settings) throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/conmon")), "needs conmon");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "needs busybox");
        root = Files.createTempDirectory("davit-oci-");
        cgroup = "/" + root.getFileName();
        rootfs = root.resolve("rootfs");
        makeRootfs(rootfs);
        plugin = new OciPlugin(settings);
    }

    static Settings settings(String... runtimes) {
        return new Settings(
                List.of(runtimes),
                "conmon",
                System.getenv("PATH"),
                Settings.Vulnerable.IGNORE,
                Settings.Driver.AUTO,
                1 << 20);
    }

    static void makeRootfs(Path rootfs) throws IOException {
        for (String name : List.of("bin", "proc", "sys", "dev", "tmp", "etc")) {
            Files.createDirectories(rootfs.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        List<String> applets =
                List.of(
                        "sh", "cat", "echo", "sleep", "true", "stty", "head", "tail", "kill", "dd",
                        "ls", "id", "rm", "seq", "tr", "touch", "test", "env", "yes");
        for (String applet : applets) {
            Files.createSymbolicLink(rootfs.resolve("bin/" + applet), Path.of("busybox"));
        }
        Files.setPosixFilePermissions(
                rootfs.resolve("bin/busybox"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes a bundle with a specification and the context of its task. */
    TestContext bundle(String id, TestSpec spec) throws IOException {
        return bundle(id, spec, OciPlugin.ANY);
    }

    TestContext bundle(String id, TestSpec spec, String runtime) throws IOException {
        Path path = root.resolve("tasks").resolve(id);
        Files.createDirectories(path.resolve("rootfs"));
        Files.writeString(path.resolve("config.json"), spec.json(this, id));
        TestContext context = new TestContext(new OciBundle(TaskId.of(id), path), runtime);
        contexts.put(id, context);
        return context;
    }

    /** Creates and starts a task. */
    ShimInstance run(TestContext context, Stdio stdio) throws Exception {
        ShimInstance shim = plugin.start(context, LONG);
        shim.create(request(stdio), LONG);
        shim.start(ShimInstance.INIT, LONG);
        return shim;
    }

    static CreateShimTask request(Stdio stdio) {
        return new CreateShimTask(List.of(), stdio, Optional.empty(), Optional.empty());
    }

    /** Puts a new plugin in place of the one there is, as an update does. */
    void restart() throws Exception {
        plugin.close();
        plugin = new OciPlugin(settings("crun", "runc"));
    }

    /** Lists the conmons that work below the state directory. */
    List<String> monitors() {
        return ProcessHandle.allProcesses()
                .filter(p -> commandLine(p.pid()).contains(root.toString()))
                .filter(ProcessHandle::isAlive)
                .map(p -> p.pid() + " " + commandLine(p.pid()).replace('\0', ' '))
                .filter(line -> line.contains("conmon") || line.contains("runtime"))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    List<Path> cgroups() throws Exception {
        CgroupLayout layout = CgroupLayout.detect();
        List<String> mounts = new ArrayList<>(layout.controllers().values());
        layout.unified().ifPresent(mounts::add);
        List<Path> found = new ArrayList<>();
        for (String mount : mounts) {
            Path own = Path.of(mount + cgroup);
            if (Files.isDirectory(own)) {
                try (Stream<Path> all = Files.list(own)) {
                    all.filter(Files::isDirectory).forEach(found::add);
                }
            }
        }
        return found;
    }

    private List<String> mounts() throws Exception {
        return MountTable.read().below(root.toString()).stream()
                .map(entry -> entry.mountPoint())
                .toList();
    }

    public void close() throws Exception {
        List<String> left = new ArrayList<>();
        left.addAll(monitors());
        left.addAll(mounts());
        cgroups().forEach(path -> left.add(path.toString()));
        for (TestContext context : contexts.values()) {
            plugin.cleanUp(context, LONG);
        }
        plugin.close();
        for (String mount : mounts()) {
            Mounts.unmount(mount, MountFlags.UMOUNT_DETACH);
        }
        removeCgroupParents();
        try (Dir parent = Dir.open(root.getParent())) {
            parent.deleteTree(root.getFileName().toString());
        }
        Assertions.assertEquals(List.of(), left, "a test left something behind");
    }

    /** Removes what a task without a group of its own leaves above the group it was given. */
    static void removeDefaultGroups() throws Exception {
        removeGroups("/davit/default");
        removeGroups("/davit");
    }

    private void removeCgroupParents() throws Exception {
        removeGroups(cgroup);
    }

    private static void removeGroups(String group) throws Exception {
        CgroupLayout layout = CgroupLayout.detect();
        List<String> mounts = new ArrayList<>(layout.controllers().values());
        layout.unified().ifPresent(mounts::add);
        for (String mount : mounts) {
            removeIfEmpty(Path.of(mount + group));
        }
    }

    private static void removeIfEmpty(Path group) throws IOException {
        try {
            Files.deleteIfExists(group);
        } catch (java.nio.file.FileSystemException e) {
            // Somebody else works below the same parent.
            Assertions.assertTrue(Files.exists(group), e.toString());
        }
    }
}

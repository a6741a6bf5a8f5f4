package io.davit.task.manager;

import io.davit.api.mount.Mount;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.shim.oci.OciPlugin;
import io.davit.testkit.FakeMounts;
import io.davit.testkit.PluginReference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Managers over real containers of one program, below a directory. */
final class Containers {
    private static final String RUNTIME = "io.davit.oci.v1";
    private static final Path PROGRAM = Path.of("/bin/busybox");

    private Containers() {}

    /** Whether there can be any here. */
    static boolean arePossible() {
        return "root".equals(System.getProperty("user.name"))
                && Files.isExecutable(PROGRAM)
                && Files.isExecutable(Path.of("/usr/bin/conmon"));
    }

    /** Makes the root filesystem of all containers of a directory. */
    static void prepare(Path directory) throws IOException {
        Path root = directory.resolve("root");
        for (String name : List.of("bin", "proc", "dev")) {
            Files.createDirectories(root.resolve(name));
        }
        Files.copy(PROGRAM, root.resolve("bin/sleep"));
    }

    static Managers managers(Path directory) throws IOException {
        return new Managers(
                directory,
                FakeMounts.in(directory.resolve("mounts")),
                new Managers.Registered(
                        new OciPlugin(),
                        new PluginReference(1, "io.davit.shim.oci", "1.0.0", RUNTIME)
                                .with("davit.shim.bounded", true)),
                Map.of());
    }

    /** A container whose processes and control group can be told by the name of the directory. */
    static CreateTask request(Path directory, String id) {
        String spec =
                """
                {"ociVersion":"1.0.2",
                 "process":{"args":["/bin/sleep","3600"],"cwd":"/","user":{"uid":0,"gid":0},
                            "env":["TEST=%s"],"noNewPrivileges":true},
                 "root":{"path":"rootfs","readonly":true},
                 "mounts":[{"destination":"/proc","type":"proc","source":"proc"}],
                 "linux":{"cgroupsPath":"/%s-%s",
                          "namespaces":[{"type":"pid"},{"type":"mount"},{"type":"ipc"}]}}"""
                        .formatted(
                                directory,
                                directory.getParent().getFileName(),
                                directory.getFileName() + "-" + id);
        return CreateTask.builder(Node.id(id), RUNTIME, new OciSpec(spec))
                .rootfs(
                        List.of(
                                Mount.of(FakeMounts.TYPE, "/x"),
                                Mount.of("bind", directory.resolve("root").toString(), "rbind")))
                .build();
    }
}

package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A root filesystem of one static program, and the control groups of its containers. */
final class Busybox {
    static final String GROUPS = "davit-shim-test";
    private static final Path PROGRAM = Path.of("/bin/busybox");
    private static final List<String> NAMES =
            List.of(
                    "sh", "sleep", "cat", "echo", "dd", "kill", "stty", "true", "false", "tail",
                    "wc", "head", "yes", "printf", "date", "ls", "mount", "test", "id", "seq");

    private Busybox() {}

    static Path rootfs(Path path) throws IOException {
        assumeTrue(Files.isExecutable(PROGRAM), "busybox-static is not installed");
        for (String name : List.of("bin", "proc", "dev", "sys", "tmp", "etc")) {
            Files.createDirectories(path.resolve(name));
        }
        Files.copy(PROGRAM, path.resolve("bin/busybox"));
        for (String name : NAMES) {
            Files.createSymbolicLink(path.resolve("bin").resolve(name), Path.of("busybox"));
        }
        return path;
    }

    /** The control groups that are left of the containers of a namespace. */
    static List<Path> groups(String namespace) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> hierarchies =
                Files.newDirectoryStream(Path.of("/sys/fs/cgroup"))) {
            for (Path hierarchy : hierarchies) {
                Path parent = hierarchy.resolve(GROUPS).resolve(namespace);
                if (Files.isDirectory(parent)) {
                    try (DirectoryStream<Path> groups =
                            Files.newDirectoryStream(parent, Files::isDirectory)) {
                        groups.forEach(found::add);
                    }
                    if (found.isEmpty()) {
                        Files.deleteIfExists(parent);
                    }
                }
            }
        } catch (IOException e) {
            found.add(Path.of(e.toString()));
        }
        return found;
    }
}

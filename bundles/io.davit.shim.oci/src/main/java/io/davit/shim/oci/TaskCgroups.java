package io.davit.shim.oci;

import io.davit.linux.CgroupLayout;
import io.davit.linux.Descriptor;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.SmallFiles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The control groups of one task; never one that this process is in itself.
 *
 * <p>Source: cgroups(7). Immutable.
 */
final class TaskCgroups {
    /** The key of version 2. */
    static final String UNIFIED = "";

    private static final int LIMIT = 4 << 20;
    private static final int DEEPEST = 16;

    private final Map<String, Path> paths;

    TaskCgroups(Map<String, Path> paths) {
        this.paths = Map.copyOf(paths);
    }

    /** Looks where a process is. */
    static TaskCgroups of(int pid, CgroupLayout layout) throws LinuxException {
        Map<String, String> own = CgroupLayout.groupsOf("self");
        Map<String, Path> paths = new TreeMap<>();
        CgroupLayout.groupsOf(Integer.toString(pid))
                .forEach(
                        (controller, group) -> {
                            Optional<String> mount = mount(layout, controller);
                            if (mount.isPresent() && !holds(group, own.get(controller))) {
                                paths.put(controller, Path.of(mount.get() + group));
                            }
                        });
        return new TaskCgroups(paths);
    }

    private static Optional<String> mount(CgroupLayout layout, String controller) {
        return controller.equals(UNIFIED)
                ? layout.unified()
                : Optional.ofNullable(layout.controllers().get(controller));
    }

    /** Says whether a group is the other one or above it. */
    private static boolean holds(String group, String other) {
        return other == null
                || group.equals("/")
                || other.equals(group)
                || other.startsWith(group + "/");
    }

    Map<String, Path> paths() {
        return paths;
    }

    /** Returns the directory of a controller, of version 1 or else of version 2. */
    Optional<Path> directory(String controller) {
        Path path = paths.get(controller);
        return Optional.ofNullable(path != null ? path : paths.get(UNIFIED));
    }

    /** Says whether a controller is of version 2 here. */
    boolean isUnified(String controller) {
        return !paths.containsKey(controller) && paths.containsKey(UNIFIED);
    }

    /** Reads a file of a group; nothing if it is not there. */
    static Optional<String> read(Path file) throws LinuxException {
        try {
            return Optional.of(SmallFiles.readText(file, LIMIT).strip());
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT, Errno.ESRCH, Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static void write(Path file, String text) throws LinuxException {
        try (Descriptor open = Descriptor.open(file.toString(), EnumSet.of(OpenFlag.WRITE))) {
            open.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    /** Lists the processes in the groups and below. */
    Set<Integer> pids() throws LinuxException {
        Set<Integer> pids = new TreeSet<>();
        Optional<Path> group = directory("pids").or(() -> paths.values().stream().findFirst());
        if (group.isPresent()) {
            for (Path directory : tree(group.get())) {
                String text = read(directory.resolve("cgroup.procs")).orElse("");
                text.lines()
                        .filter(line -> !line.equals("0"))
                        .map(Integer::valueOf)
                        .forEach(pids::add);
            }
        }
        return pids;
    }

    /** Says whether a process is in one of the groups now. */
    boolean holds(int pid) throws LinuxException {
        return pids().contains(pid);
    }

    /** Removes the groups; succeeds when they are gone. */
    void remove() throws LinuxException {
        for (Path path : new LinkedHashSet<>(paths.values())) {
            for (Path directory : tree(path)) {
                remove(directory);
            }
        }
    }

    private static void remove(Path directory) throws LinuxException {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new LinuxException(Errno.EBUSY, "rmdir", directory.toString(), e.getMessage());
        }
    }

    /** Lists a group and those below it, the deepest first. */
    private static List<Path> tree(Path path) throws LinuxException {
        try (Stream<Path> all = Files.find(path, DEEPEST, (p, a) -> a.isDirectory(), noLinks())) {
            return all.sorted(Comparator.comparingInt(Path::getNameCount).reversed()).toList();
        } catch (IOException | UncheckedIOException e) {
            if (!Files.exists(path)) {
                return List.of();
            }
            throw new LinuxException(Errno.EIO, "list", path.toString(), String.valueOf(e));
        }
    }

    private static FileVisitOption[] noLinks() {
        return new FileVisitOption[0];
    }
}

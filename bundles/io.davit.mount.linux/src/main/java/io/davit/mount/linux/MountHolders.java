package io.davit.mount.linux;

import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.MountEntry;
import io.davit.linux.MountTable;
import io.davit.linux.ProcessStatus;
import io.davit.linux.SmallFiles;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who keeps a mount busy: mounts on it, processes that are in it or have a file of it open, and
 * other mount namespaces that have its filesystem mounted.
 *
 * <p>Confined to one thread. What disappears while it is looked at is passed over.
 */
final class MountHolders {
    private static final int MOST = 5;
    private static final int LIMIT = 64 << 20;
    private static final Path PROC = Path.of("/proc");
    private static final List<String> PLACES = List.of("cwd", "root", "exe");

    private final MountEntry mount;
    private final List<String> found = new ArrayList<>();
    private final Set<String> namespaces = new HashSet<>();

    private MountHolders(MountEntry mount) {
        this.mount = mount;
    }

    /** Names a few; empty if nothing is mounted at the path or nobody was found. */
    static List<String> of(String mountPoint) throws LinuxException {
        MountTable table = MountTable.read();
        Optional<MountEntry> mount = table.at(mountPoint);
        if (mount.isEmpty()) {
            return List.of();
        }
        MountHolders holders = new MountHolders(mount.get());
        table.entries().stream()
                .filter(entry -> entry.parentId() == mount.get().id())
                .forEach(entry -> holders.add("mount " + entry.mountPoint()));
        holders.lookAtProcesses();
        return holders.found.subList(0, Math.min(MOST, holders.found.size()));
    }

    /**
     * Says whether a process still uses a mount that is in no tree any more. A number that is in
     * the table was given to another mount since.
     */
    static boolean isHeld(long id) throws LinuxException {
        return MountTable.read().byId(id).isEmpty()
                && children(PROC, "[0-9]*").stream().anyMatch(process -> uses(process, id));
    }

    private static boolean uses(Path process, long id) {
        return PLACES.stream().anyMatch(place -> isOn(process.resolve(place), id))
                || children(process.resolve("fdinfo"), "*").stream()
                        .anyMatch(fd -> text(fd, 4096).contains("mnt_id:\t" + id + "\n"));
    }

    private void add(String holder) {
        found.add(holder);
    }

    private void lookAtProcesses() {
        namespaces.add(link(PROC.resolve("self/ns/mnt")));
        List<Path> processes = children(PROC, "[0-9]*");
        for (Path process : processes) {
            if (found.size() < MOST) {
                lookAt(process);
            }
        }
        for (Path process : processes) {
            if (found.size() < MOST) {
                lookAtNamespace(process);
            }
        }
    }

    private void lookAt(Path process) {
        for (String place : PLACES) {
            if (isIn(process.resolve(place))) {
                add(name(process) + " " + place);
            }
        }
        for (Path fd : children(process.resolve("fdinfo"), "*")) {
            if (text(fd, 4096).contains("mnt_id:\t" + mount.id() + "\n")) {
                String number = fd.getFileName().toString();
                add(name(process) + " fd " + number + " " + link(process.resolve("fd/" + number)));
            }
        }
        lookAtMappings(process);
    }

    private boolean isIn(Path place) {
        return isOn(place, mount.id());
    }

    private static boolean isOn(Path place, long id) {
        try {
            return FileStatus.at(place.toString()).mountId() == id;
        } catch (LinuxException gone) {
            return false;
        }
    }

    private void lookAtMappings(Path process) {
        int major = (int) (mount.device() >> 32);
        String device = " %02x:%02x ".formatted(major, (int) mount.device());
        text(process.resolve("maps"), LIMIT)
                .lines()
                .filter(
                        line ->
                                line.contains(device)
                                        && line.contains(" " + mount.mountPoint() + "/"))
                .findFirst()
                .ifPresent(
                        line -> add(name(process) + " maps " + line.substring(line.indexOf('/'))));
    }

    /** Looks at each mount namespace once. */
    private void lookAtNamespace(Path process) {
        String namespace = link(process.resolve("ns/mnt"));
        if (namespace.isEmpty() || !namespaces.add(namespace)) {
            return;
        }
        try {
            MountTable.read(process.resolve("mountinfo")).entries().stream()
                    .filter(entry -> entry.device() == mount.device())
                    .findFirst()
                    .ifPresent(entry -> add("namespace " + namespace + " of " + name(process)));
        } catch (LinuxException gone) {
            namespaces.remove(namespace);
        }
    }

    private static String name(Path process) {
        String pid = process.getFileName().toString();
        try {
            Optional<ProcessStatus> status = ProcessStatus.of(Integer.parseInt(pid));
            return "pid " + pid + status.map(s -> " (" + s.name() + ")").orElse("");
        } catch (LinuxException gone) {
            return "pid " + pid;
        }
    }

    private static List<Path> children(Path directory, String pattern) {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(all::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
            return all;
        }
        return all;
    }

    private static String text(Path file, int limit) {
        try {
            return SmallFiles.readText(file, limit);
        } catch (LinuxException gone) {
            return "";
        }
    }

    private static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }
}

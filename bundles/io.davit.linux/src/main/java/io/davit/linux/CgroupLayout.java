package io.davit.linux;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How control groups are mounted here.
 *
 * @param kind which form
 * @param unified where the version 2 hierarchy is mounted, if it is
 * @param unifiedControllers the controllers that version 2 has
 * @param controllers version 1: controller, or {@code name=…}, to mount point; empty when unified
 */
public record CgroupLayout(
        Kind kind,
        Optional<String> unified,
        Set<String> unifiedControllers,
        Map<String, String> controllers) {
    private static final int LIMIT = 1 << 16;

    /** The forms of control groups. */
    public enum Kind {
        /** Version 2 alone. */
        UNIFIED,
        /** Version 1, and version 2 beside it. */
        HYBRID,
        /** Version 1 alone. */
        LEGACY,
        /** Not mounted. */
        NONE
    }

    /** Copies the collections. */
    public CgroupLayout {
        unifiedControllers = Set.copyOf(unifiedControllers);
        controllers = Map.copyOf(controllers);
    }

    /** Looks at the mount table. */
    public static CgroupLayout detect() throws LinuxException {
        MountTable table = MountTable.read();
        Optional<String> unified = unified(table);
        Set<String> own = new TreeSet<>();
        if (unified.isPresent()) {
            Path list = Path.of(unified.get(), "cgroup.controllers");
            own.addAll(Arrays.asList(SmallFiles.readText(list, LIMIT).trim().split(" ")));
            own.remove("");
        }
        return of(table, own);
    }

    static CgroupLayout of(MountTable table, Set<String> unifiedControllers) {
        Map<String, String> controllers = new TreeMap<>();
        for (MountEntry entry : table.entries()) {
            if (entry.fsType().equals("cgroup")) {
                entry.superOptions().stream()
                        .filter(option -> !option.equals("rw") && !option.equals("ro"))
                        .filter(option -> option.startsWith("name=") || option.indexOf('=') < 0)
                        .forEach(option -> controllers.putIfAbsent(option, entry.mountPoint()));
            }
        }
        Optional<String> unified = unified(table);
        return new CgroupLayout(
                kind(unified.isPresent(), !controllers.isEmpty()),
                unified,
                unifiedControllers,
                controllers);
    }

    private static Optional<String> unified(MountTable table) {
        return table.entries().stream()
                .filter(entry -> entry.fsType().equals("cgroup2"))
                .map(MountEntry::mountPoint)
                .findFirst();
    }

    private static Kind kind(boolean two, boolean one) {
        if (two) {
            return one ? Kind.HYBRID : Kind.UNIFIED;
        }
        return one ? Kind.LEGACY : Kind.NONE;
    }

    /**
     * Reads which groups a process is in.
     *
     * @param pid its number, or {@code self}
     * @return controller, or {@code name=…}, to the path below its mount point; version 2 under an
     *     empty key
     */
    public static Map<String, String> groupsOf(String pid) throws LinuxException {
        Map<String, String> groups = new TreeMap<>();
        String text = SmallFiles.readText(Path.of("/proc/" + pid + "/cgroup"), LIMIT);
        for (String line : text.split("\n")) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                for (String controller : fields[1].split(",")) {
                    groups.put(controller, fields[2]);
                }
            }
        }
        return groups;
    }
}

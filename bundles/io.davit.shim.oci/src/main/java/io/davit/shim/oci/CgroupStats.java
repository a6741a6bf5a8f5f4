package io.davit.shim.oci;

import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads numbers from the files of control groups. */
final class CgroupStats {
    private CgroupStats() {}

    /** Returns how often the kernel has killed for memory; 0 when that is unknown. */
    static long oomKills(TaskCgroups cgroups) {
        Optional<Path> group = cgroups.directory("memory");
        if (group.isEmpty()) {
            return 0;
        }
        String file = cgroups.isUnified("memory") ? "memory.events" : "memory.oom_control";
        return table(group.get().resolve(file)).getOrDefault("oom_kill", 0L);
    }

    /** Reads lines of a name and a number. */
    static Map<String, Long> table(Path file) {
        Map<String, Long> values = new HashMap<>();
        text(file)
                .lines()
                .forEach(
                        line -> {
                            String[] fields = line.split(" ");
                            if (fields.length == 2) {
                                parse(fields[1]).ifPresent(n -> values.put(fields[0], n));
                            }
                        });
        return values;
    }

    /** Reads a file that holds one number; nothing if it does not. */
    static Optional<Long> number(Path file) {
        return parse(text(file));
    }

    /** Reads a number; nothing if it is none. */
    static Optional<Long> parse(String text) {
        try {
            return Optional.of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Reads a file; empty if that is not possible, as when the task has just ended. */
    static String text(Path file) {
        try {
            return TaskCgroups.read(file).orElse("");
        } catch (LinuxException e) {
            return "";
        }
    }
}

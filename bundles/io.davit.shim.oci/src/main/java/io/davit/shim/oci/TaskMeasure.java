package io.davit.shim.oci;

import io.davit.api.task.TaskMetrics;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures a task by the files of its control groups, of either version.
 *
 * <p>Source: the kernel's documents on cgroup-v1 and cgroup-v2.
 */
final class TaskMeasure {
    /** Version 1 says "no limit" with the largest number of pages; nothing real comes near. */
    private static final long NO_LIMIT = 1L << 60;

    private static final long MICRO = 1000;
    private static final long TICK = 10_000_000;

    private final TaskCgroups cgroups;
    private final Map<String, Long> values = new TreeMap<>();

    TaskMeasure(TaskCgroups cgroups) {
        this.cgroups = cgroups;
    }

    TaskMetrics run() {
        Instant at = Instant.now();
        long memory = number("memory", "memory.usage_in_bytes", "memory.current");
        long limit = number("memory", "memory.limit_in_bytes", "memory.max");
        long cpu = cpu();
        memoryValues();
        input();
        long pids = number("pids", "pids.current", "pids.current");
        put("pids.limit", number("pids", "pids.max", "pids.max"));
        long kills = cgroups.directory("memory").isPresent() ? CgroupStats.oomKills(cgroups) : -1;
        limit = limit >= NO_LIMIT ? -1 : limit;
        return new TaskMetrics(at, memory, limit, cpu, pids, kills, values, Optional.empty());
    }

    /** Reads the file of the version that a controller has here; -1 when it holds no number. */
    private long number(String controller, String one, String two) {
        return file(controller, one, two).flatMap(CgroupStats::number).orElse(-1L);
    }

    private Optional<Path> file(String controller, String one, String two) {
        String name = cgroups.isUnified(controller) ? two : one;
        return cgroups.directory(controller).map(group -> group.resolve(name));
    }

    private Map<String, Long> table(String controller, String one, String two) {
        return file(controller, one, two).map(CgroupStats::table).orElse(Map.of());
    }

    private void put(String name, long value) {
        if (value >= 0) {
            values.put(name, value);
        }
    }

    private void put(String name, Map<String, Long> table, String key, long unit) {
        Long value = table.get(key);
        if (value != null) {
            values.put(name, value * unit);
        }
    }

    private long cpu() {
        if (cgroups.isUnified("cpuacct")) {
            Map<String, Long> stat = table("cpu", "cpu.stat", "cpu.stat");
            put("cpu.user.nanos", stat, "user_usec", MICRO);
            put("cpu.system.nanos", stat, "system_usec", MICRO);
            put("cpu.throttled.nanos", stat, "throttled_usec", MICRO);
            put("cpu.throttled.periods", stat, "nr_throttled", 1);
            Long used = stat.get("usage_usec");
            return used == null ? -1 : used * MICRO;
        }
        Map<String, Long> stat = table("cpuacct", "cpuacct.stat", "");
        put("cpu.user.nanos", stat, "user", TICK);
        put("cpu.system.nanos", stat, "system", TICK);
        Map<String, Long> throttled = table("cpu", "cpu.stat", "cpu.stat");
        put("cpu.throttled.nanos", throttled, "throttled_time", 1);
        put("cpu.throttled.periods", throttled, "nr_throttled", 1);
        return number("cpuacct", "cpuacct.usage", "");
    }

    private void memoryValues() {
        boolean two = cgroups.isUnified("memory");
        Map<String, Long> stat = table("memory", "memory.stat", "memory.stat");
        put("memory.anonymous.bytes", stat, two ? "anon" : "total_rss", 1);
        put("memory.file.bytes", stat, two ? "file" : "total_cache", 1);
        put("memory.inactive.file.bytes", stat, two ? "inactive_file" : "total_inactive_file", 1);
        put("memory.swap.bytes", two ? number("memory", "", "memory.swap.current") : -1);
        put("memory.peak.bytes", number("memory", "memory.max_usage_in_bytes", "memory.peak"));
    }

    private void input() {
        if (cgroups.isUnified("blkio")) {
            inputOfVersionTwo();
            return;
        }
        Optional<Path> file =
                file("blkio", "blkio.throttle.io_service_bytes_recursive", "").filter(this::exists);
        file.or(() -> file("blkio", "blkio.throttle.io_service_bytes", ""))
                .ifPresent(this::inputOfVersionOne);
    }

    private boolean exists(Path path) {
        return java.nio.file.Files.exists(path);
    }

    /** Lines such as {@code 8:0 Read 4096}. */
    private void inputOfVersionOne(Path file) {
        long read = 0;
        long written = 0;
        for (String line : CgroupStats.text(file).lines().toList()) {
            String[] fields = line.split(" ");
            if (fields.length == 3) {
                long bytes = CgroupStats.parse(fields[2]).orElse(0L);
                read += fields[1].equals("Read") ? bytes : 0;
                written += fields[1].equals("Write") ? bytes : 0;
            }
        }
        values.put("io.read.bytes", read);
        values.put("io.write.bytes", written);
    }

    /** Lines such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 …}. */
    private void inputOfVersionTwo() {
        String text =
                cgroups.directory("io").map(g -> CgroupStats.text(g.resolve("io.stat"))).orElse("");
        long read = 0;
        long written = 0;
        for (String field : text.split("\\s+")) {
            String number = field.substring(field.indexOf('=') + 1);
            long bytes = CgroupStats.parse(number).orElse(0L);
            read += field.startsWith("rbytes=") ? bytes : 0;
            written += field.startsWith("wbytes=") ? bytes : 0;
        }
        values.put("io.read.bytes", read);
        values.put("io.write.bytes", written);
    }
}

package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.SmallFiles;
import io.davit.oci.Rlimit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The limits of this process that it cannot raise for its children, because it lacks the capability
 * for that.
 *
 * @param ceilings type to hard limit; empty when it can raise them
 */
record OwnLimits(Map<String, Long> ceilings) {
    private static final int LIMIT = 1 << 16;
    private static final long CAP_SYS_RESOURCE = 1L << 24;
    private static final int HARD = 26 + 21;
    private static final int UNITS = HARD + 21;
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("Max cpu time", "RLIMIT_CPU"),
                    Map.entry("Max file size", "RLIMIT_FSIZE"),
                    Map.entry("Max data size", "RLIMIT_DATA"),
                    Map.entry("Max stack size", "RLIMIT_STACK"),
                    Map.entry("Max core file size", "RLIMIT_CORE"),
                    Map.entry("Max resident set", "RLIMIT_RSS"),
                    Map.entry("Max processes", "RLIMIT_NPROC"),
                    Map.entry("Max open files", "RLIMIT_NOFILE"),
                    Map.entry("Max locked memory", "RLIMIT_MEMLOCK"),
                    Map.entry("Max address space", "RLIMIT_AS"),
                    Map.entry("Max file locks", "RLIMIT_LOCKS"),
                    Map.entry("Max pending signals", "RLIMIT_SIGPENDING"),
                    Map.entry("Max msgqueue size", "RLIMIT_MSGQUEUE"),
                    Map.entry("Max nice priority", "RLIMIT_NICE"),
                    Map.entry("Max realtime priority", "RLIMIT_RTPRIO"),
                    Map.entry("Max realtime timeout", "RLIMIT_RTTIME"));

    OwnLimits {
        ceilings = Map.copyOf(ceilings);
    }

    /** Looks at this process. */
    static OwnLimits read() throws LinuxException {
        String status = SmallFiles.readText(Path.of("/proc/self/status"), LIMIT);
        if (mayRaise(status)) {
            return new OwnLimits(Map.of());
        }
        return parse(SmallFiles.readText(Path.of("/proc/self/limits"), LIMIT));
    }

    static boolean mayRaise(String status) {
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(set -> (set & CAP_SYS_RESOURCE) != 0);
    }

    static OwnLimits parse(String limits) {
        Map<String, Long> ceilings = new TreeMap<>();
        for (String line : limits.lines().toList()) {
            String type = line.length() < HARD ? null : TYPES.get(line.substring(0, 26).strip());
            if (type != null) {
                String hard = line.substring(HARD, Math.min(UNITS, line.length())).strip();
                if (!hard.equals("unlimited")) {
                    ceilings.put(type, Long.parseUnsignedLong(hard));
                }
            }
        }
        return new OwnLimits(ceilings);
    }

    /**
     * Lowers what could not be set.
     *
     * @return the limits as a specification has them; nothing if all can be set as they are
     */
    Optional<List<Object>> lower(List<Rlimit> wanted) {
        boolean lowered = false;
        List<Object> all = new ArrayList<>();
        for (Rlimit limit : wanted) {
            Long ceiling = ceilings.get(limit.type());
            boolean above = ceiling != null && Long.compareUnsigned(limit.hard(), ceiling) > 0;
            lowered |= above;
            long hard = above ? ceiling : limit.hard();
            long soft = Long.compareUnsigned(limit.soft(), hard) > 0 ? hard : limit.soft();
            all.add(json(limit.type(), hard, soft));
        }
        return lowered ? Optional.of(all) : Optional.empty();
    }

    private static Map<String, Object> json(String type, long hard, long soft) {
        Map<String, Object> limit = new LinkedHashMap<>();
        limit.put("type", type);
        limit.put("hard", number(hard));
        limit.put("soft", number(soft));
        return limit;
    }

    private static Object number(long unsigned) {
        return unsigned >= 0
                ? (Object) unsigned
                : new io.davit.oci.JsonNumber(Long.toUnsignedString(unsigned));
    }
}

package io.davit.shell;

import io.davit.api.shim.ShimInfo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says what can run here, for a person. */
final class RuntimesVerb {
    private RuntimesVerb() {}

    static String text(List<ShimInfo> runtimes) {
        if (runtimes.isEmpty()) {
            return "no runtimes\n";
        }
        Columns table =
                new Columns("RUNTIME", "BUNDLE", "VERSION", "TASKS", "MOUNTS", "FEATURES", "ABOUT");
        for (ShimInfo info : runtimes) {
            table.row(
                    info.runtime(),
                    info.plugin(),
                    info.version(),
                    info.inJvm() ? "in this JVM" : "outside",
                    String.join(",", new TreeSet<>(info.mounts())),
                    String.join(",", new TreeSet<>(info.features())),
                    pairs(info.attributes()));
        }
        return table.toString();
    }

    private static String pairs(Map<String, String> attributes) {
        return new TreeMap<>(attributes)
                .entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" "));
    }
}

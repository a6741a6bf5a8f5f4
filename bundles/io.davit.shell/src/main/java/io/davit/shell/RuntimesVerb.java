package io.davit.shell;

import io.davit.api.shim.ShimInfo;
import io.davit.oci.Json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says what can run here, for a person. */
final class RuntimesVerb {
    private RuntimesVerb() {}

    /** What may follow the verb. */
    static final Syntax SYNTAX = Syntax.words(0, 0).flags(TaskReads.JSON);

    static String text(List<ShimInfo> runtimes, Words words) {
        if (words.has(TaskReads.JSON)) {
            return Json.write(runtimes.stream().map(RuntimesVerb::json).toList()) + "\n";
        }
        return runtimes.isEmpty() ? "no runtimes\n" : text(runtimes);
    }

    /** A line for each runtime, and below it a line for each fact about it. */
    private static String text(List<ShimInfo> runtimes) {
        Columns table = new Columns("RUNTIME", "BUNDLE", "VERSION", "TASKS");
        for (ShimInfo info : runtimes) {
            table.row(
                    info.runtime(),
                    info.plugin(),
                    info.version(),
                    info.inJvm() ? "in this JVM" : "outside");
        }
        List<String> lines = table.toString().lines().toList();
        StringBuilder text = new StringBuilder(lines.get(0)).append('\n');
        for (int i = 0; i < runtimes.size(); i++) {
            text.append(lines.get(i + 1)).append('\n');
            facts(runtimes.get(i)).forEach((name, fact) -> text.append(line(name, fact)));
        }
        return text.toString();
    }

    private static String line(String name, String fact) {
        return ("    " + name + ": " + fact).replaceAll("\\p{Cntrl}", "?") + "\n";
    }

    private static Map<String, String> facts(ShimInfo info) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (!info.mounts().isEmpty()) {
            facts.put("mounts itself", String.join(", ", new TreeSet<>(info.mounts())));
        }
        if (!info.features().isEmpty()) {
            facts.put("features", String.join(", ", new TreeSet<>(info.features())));
        }
        facts.putAll(new TreeMap<>(info.attributes()));
        return facts;
    }

    private static Map<String, Object> json(ShimInfo info) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("runtime", info.runtime());
        json.put("bundle", info.plugin());
        json.put("version", info.version());
        json.put("inJvm", info.inJvm());
        json.put("mounts", List.copyOf(new TreeSet<>(info.mounts())));
        json.put("features", List.copyOf(new TreeSet<>(info.features())));
        json.put("attributes", new TreeMap<>(info.attributes()));
        return json;
    }
}

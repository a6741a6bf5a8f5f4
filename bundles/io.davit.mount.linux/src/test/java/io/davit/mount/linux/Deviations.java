package io.davit.mount.linux;

import io.davit.linux.MountFlags;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Davit means to answer otherwise than the vectors: what they expect, rewritten.
 *
 * <p>{@code defaults} is no data; propagation has calls of its own; a remount without data reaches
 * the kernel; a read-only bind is id-mapped.
 */
final class Deviations {
    private Deviations() {}

    /** Rewrites what the options of a mount are expected to become. */
    static Object options(Object expected) {
        if (!(expected instanceof Map) || !Vectors.object(expected).containsKey("data")) {
            return expected;
        }
        Map<String, Object> out = new LinkedHashMap<>(Vectors.object(expected));
        List<String> data = new ArrayList<>(Vectors.texts(out.get("data")));
        data.removeIf(option -> option.equals("defaults") || isPropagation(option));
        out.put("data", data);
        return out;
    }

    private static boolean isPropagation(String option) {
        return OptionTable.PROPAGATION.containsKey(option);
    }

    /** Rewrites the calls that a mount is expected to take. */
    static Object calls(Map<String, Object> in, Object expected) {
        Map<String, Object> mount = Vectors.object(in.get("mount"));
        List<String> options = Vectors.texts(mount.get("options"));
        Map<String, Object> out = new LinkedHashMap<>(Vectors.object(expected));
        String type = String.valueOf(mount.get("type"));
        if (type.startsWith("fuse.") || type.startsWith("fuse3.") || out.containsKey("error")) {
            return out;
        }
        List<Object> calls = new ArrayList<>();
        ((List<?>) out.get("calls")).forEach(call -> calls.add(withoutNames(call)));
        MountOptions parsed = MountOptions.parse(options);
        Object target = target(in, mount);
        if (parsed.has(MountFlags.REMOUNT)
                && !parsed.isReadOnlyBind()
                && calls.stream().noneMatch(Deviations::isMount)) {
            calls.add(call(mount.getOrDefault("source", ""), target, type, parsed.flags()));
        }
        int last = parsed.isReadOnlyBind() ? calls.size() - 1 : calls.size();
        if (parsed.isMapped() && parsed.isReadOnlyBind() && !type.equals("overlay")) {
            calls.add(
                    last,
                    new LinkedHashMap<>(Map.of("op", "idmap", "source", target, "target", target)));
        }
        int afterFirst = firstMount(calls) + 1;
        for (long propagation : parsed.propagation()) {
            calls.add(afterFirst++, call("", target, "", propagation));
        }
        out.put("calls", calls);
        return out;
    }

    private static int firstMount(List<Object> calls) {
        for (int i = 0; i < calls.size(); i++) {
            if (isMount(calls.get(i))) {
                return i;
            }
        }
        return calls.size() - 1;
    }

    private static boolean isMount(Object call) {
        return Vectors.object(call).get("op").equals("mount");
    }

    private static Object target(Map<String, Object> in, Map<String, Object> mount) {
        String below = (String) mount.getOrDefault("target", "");
        return new MountPlace((String) in.get("at"), below).text();
    }

    private static Map<String, Object> call(Object source, Object target, Object type, long flags) {
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("op", "mount");
        call.put("source", source);
        call.put("target", target);
        call.put("fstype", type);
        call.put("flags", flags);
        call.put("data", "");
        return call;
    }

    private static Map<String, Object> withoutNames(Object expected) {
        Map<String, Object> call = new LinkedHashMap<>(Vectors.object(expected));
        if (call.get("data") instanceof String data && !call.containsKey("dataLength")) {
            List<String> kept = new ArrayList<>(Arrays.asList(data.split(",", -1)));
            kept.removeIf(option -> option.equals("defaults") || isPropagation(option));
            call.put("data", String.join(",", kept));
        }
        return call;
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.CollectMounts.Reference;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Davit's values in the form of the scenarios, and back. */
final class ScenarioValues {
    private static final Set<String> CLASSES =
            Set.of(
                    "not_found",
                    "already_exists",
                    "invalid_argument",
                    "failed_precondition",
                    "not_implemented",
                    "unavailable",
                    "cancelled");

    private ScenarioValues() {}

    static Map<String, Object> mount(Mount mount) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("type", mount.type());
        put(value, "source", mount.source());
        put(value, "target", mount.target());
        if (!mount.options().isEmpty()) {
            value.put("options", List.copyOf(mount.options()));
        }
        return value;
    }

    static Map<String, Object> active(ActiveMount active) {
        Map<String, Object> value = mount(active.mount());
        value.put("mountPoint", active.mountPoint());
        if (!active.data().isEmpty()) {
            value.put("data", Map.copyOf(active.data()));
        }
        return value;
    }

    static Map<String, Object> activation(MountActivation activation) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", activation.name().name());
        value.put("active", activation.active().stream().map(ScenarioValues::active).toList());
        value.put("system", activation.system().stream().map(ScenarioValues::mount).toList());
        value.put("labels", Map.copyOf(activation.labels()));
        return value;
    }

    static Map<String, Object> reference(Reference reference, String to) {
        return Map.of(
                "namespace",
                reference.namespace().name(),
                "fromType",
                reference.kind(),
                "from",
                reference.id(),
                "to",
                to);
    }

    private static void put(Map<String, Object> value, String key, String text) {
        if (!text.isEmpty()) {
            value.put(key, text);
        }
    }

    static Mount mount(Map<String, Object> value) {
        return new Mount(
                Json.text(value, "type"),
                Json.text(value, "source"),
                Json.text(value, "target"),
                Json.texts(value.get("options")));
    }

    /** Mounts with their repetitions. */
    static List<Mount> mounts(Object value) {
        List<Mount> mounts = new ArrayList<>();
        for (Map<String, Object> each : Json.objects(value)) {
            for (long n = Json.number(each, "repeat", 1); n > 0; n--) {
                String index = Integer.toString(mounts.size());
                mounts.add(mount(Json.object(Json.replaced(each, t -> t.replace("${i}", index)))));
            }
        }
        return mounts;
    }

    static String errorClass(DavitException e) {
        String name = e.kind().name().toLowerCase(java.util.Locale.ROOT);
        return CLASSES.contains(name) ? name : "unknown";
    }
}

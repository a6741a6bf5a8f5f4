package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.oci.Json;
import io.davit.oci.SpecUser;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the options of {@code run} that only containers have, and says what each changes in a
 * specification.
 */
final class ContainerOptions {
    /** Those without a value, each with its letter. */
    static final Map<String, String> FLAGS = Map.of("--read-only", "", "--overlay", "");

    /** Those that may be given more than once. */
    static final Set<String> REPEATABLE = Set.of("--device", "--cap-add", "--cap-drop");

    /** Asks for a layer of the task's own above its root filesystem. */
    static final String OVERLAY = "io.davit.rootfs.overlay";

    private static final long CPU_PERIOD = 100_000;
    private static final long USUAL_RANGE = 65_536;
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,10})(?::([0-9]{1,10}))?");
    private static final Pattern CAPABILITY = Pattern.compile("(?:CAP_)?([A-Z][A-Z_]{1,30})");
    private static final List<String> SETS = List.of("bounding", "effective", "permitted");

    private ContainerOptions() {}

    /**
     * Reads an option.
     *
     * @return what it changes; nothing if it is none of these
     */
    static Optional<SpecChange> read(Path directory, String name, String value)
            throws CommandFailure, DavitException {
        UnaryOperator<Map<String, Object>> change =
                switch (name) {
                    case "--cpus" -> cpus(OptionValues.cpus(name, value, CPU_PERIOD));
                    case "--pids" -> set(OptionValues.number(name, value), "pids", "limit");
                    case "--user" -> user(SpecUser.parse(value));
                    case "--userns" -> userNamespace(name, value);
                    case "--network" -> network(directory, name, value);
                    case "--hostname" -> spec -> Json.with(spec, value, "hostname");
                    case "--device" -> DeviceOption.read(name, value);
                    case "--cap-add" -> capability(name, value, true);
                    case "--cap-drop" -> capability(name, value, false);
                    case "--read-only" -> spec -> Json.with(spec, true, "root", "readonly");
                    case "--overlay" -> spec -> Json.with(spec, "true", "annotations", OVERLAY);
                    default -> null;
                };
        return Optional.ofNullable(change).map(c -> new SpecChange(name, c));
    }

    private static UnaryOperator<Map<String, Object>> set(long value, String group, String field) {
        return spec -> Json.with(spec, value, "linux", "resources", group, field);
    }

    private static UnaryOperator<Map<String, Object>> cpus(long quota) {
        return spec ->
                set(CPU_PERIOD, "cpu", "period").apply(set(quota, "cpu", "quota").apply(spec));
    }

    /** Whoever names a user leaves the groups of another behind. */
    private static UnaryOperator<Map<String, Object>> user(SpecUser user) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("uid", user.uid());
        fields.put("gid", user.gid());
        return spec -> Json.with(spec, fields, "process", "user");
    }

    private static UnaryOperator<Map<String, Object>> userNamespace(String name, String value)
            throws CommandFailure {
        Matcher range = RANGE.matcher(value);
        if (!range.matches()) {
            throw OptionValues.refused(name, value, "is no FIRST or FIRST:COUNT of user ids");
        }
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("containerID", 0L);
        mapping.put("hostID", Long.parseLong(range.group(1)));
        mapping.put("size", range.group(2) == null ? USUAL_RANGE : Long.parseLong(range.group(2)));
        return spec -> {
            Map<String, Object> own = namespace(spec, "user", Map.of("type", "user"));
            own = Json.with(own, List.of(mapping), "linux", "uidMappings");
            return Json.with(own, List.of(mapping), "linux", "gidMappings");
        };
    }

    private static UnaryOperator<Map<String, Object>> network(
            Path directory, String name, String value) throws CommandFailure {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "network");
        if (value.contains("/")) {
            entry.put("path", OptionValues.path(directory, name, value).toString());
        } else if (!value.equals("own") && !value.equals("host")) {
            throw OptionValues.refused(name, value, "is none of own, host, /PATH/OF/A/NAMESPACE");
        }
        return spec -> namespace(spec, "network", value.equals("host") ? Map.of() : entry);
    }

    /** Replaces a namespace; none if the new one is empty. */
    private static Map<String, Object> namespace(
            Map<String, Object> spec, String type, Map<String, Object> entry) {
        List<Object> all = SpecTree.list(spec, "linux", "namespaces");
        all.removeIf(each -> each instanceof Map<?, ?> map && type.equals(map.get("type")));
        if (!entry.isEmpty()) {
            all.add(entry);
        }
        return Json.with(spec, all, "linux", "namespaces");
    }

    private static UnaryOperator<Map<String, Object>> capability(
            String name, String value, boolean add) throws CommandFailure {
        Matcher plain = CAPABILITY.matcher(value.toUpperCase(Locale.ROOT));
        if (!plain.matches()) {
            throw OptionValues.refused(name, value, "is no capability like NET_ADMIN");
        }
        String capability = "CAP_" + plain.group(1);
        boolean all = !add && capability.equals("CAP_ALL");
        return spec -> {
            Map<String, Object> changed = spec;
            for (String set : SETS) {
                List<Object> now = SpecTree.list(changed, "process", "capabilities", set);
                now.removeIf(each -> all || each.equals(capability));
                if (add) {
                    now.add(capability);
                }
                changed = Json.with(changed, new ArrayList<>(now), "process", "capabilities", set);
            }
            return changed;
        };
    }
}

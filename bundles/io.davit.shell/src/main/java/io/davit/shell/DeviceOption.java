package io.davit.shell;

import io.davit.api.names.Texts;
import io.davit.oci.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads {@code --device}: a device of the host that a container may use. */
final class DeviceOption {
    private static final int TYPE = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int PERMISSIONS = 0777;

    private DeviceOption() {}

    /**
     * Reads {@code /dev/HOST[:/dev/INSIDE[:rwm]]}.
     *
     * @return adds the device and what may be done with it
     */
    static UnaryOperator<Map<String, Object>> read(String option, String value)
            throws CommandFailure {
        String[] parts = value.split(":", -1);
        String inside = parts.length > 1 ? parts[1] : parts[0];
        String access = parts.length > 2 ? parts[2] : "rwm";
        if (parts.length > 3 || !access.matches("[rwm]{1,3}")) {
            throw OptionValues.refused(option, value, "is no /dev/HOST[:/dev/INSIDE[:rwm]]");
        }
        if (!parts[0].startsWith("/") || !inside.startsWith("/")) {
            throw OptionValues.refused(option, value, "is not absolute");
        }
        Map<String, Object> node = node(option, parts[0]);
        node.put("path", inside);
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("allow", true);
        rule.put("type", node.get("type"));
        rule.put("major", node.get("major"));
        rule.put("minor", node.get("minor"));
        rule.put("access", access);
        return spec -> with(with(spec, node, "devices"), rule, "resources", "devices");
    }

    private static Map<String, Object> with(
            Map<String, Object> spec, Map<String, Object> entry, String... below) {
        String[] path = new String[below.length + 1];
        path[0] = "linux";
        System.arraycopy(below, 0, path, 1, below.length);
        List<Object> all = SpecTree.list(spec, path);
        all.add(entry);
        return Json.with(spec, all, path);
    }

    private static Map<String, Object> node(String option, String host) throws CommandFailure {
        try {
            Map<String, Object> file = Files.readAttributes(Path.of(host), "unix:mode,rdev");
            int mode = (int) file.get("mode");
            long device = (long) file.get("rdev");
            int type = mode & TYPE;
            if (type != CHARACTER && type != BLOCK) {
                throw OptionValues.refused(option, host, "is no device");
            }
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("type", type == BLOCK ? "b" : "c");
            node.put("major", device >> 8 & 0xfff);
            node.put("minor", device & 0xff | device >> 12 & 0xfff00);
            node.put("fileMode", (long) (mode & PERMISSIONS));
            return node;
        } catch (IOException e) {
            throw CommandFailure.usage(option + " " + Texts.quote(host) + " is not there");
        }
    }
}

package io.davit.oci;

import io.davit.api.names.Texts;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a specification says for Linux: its object {@code linux}.
 *
 * @param namespaces namespaces to make or join, each kind once
 * @param uidMappings users of the user namespace
 * @param gidMappings groups of the user namespace
 * @param sysctl parameters of the kernel, in order
 * @param resources limits; not {@code null}
 * @param cgroupsPath where the cgroup is; not {@code null}
 * @param devices device nodes
 * @param maskedPaths paths that cannot be read
 * @param readonlyPaths paths that cannot be changed
 * @param rootfsPropagation how mounts spread; not {@code null}
 * @param seccomp whether there is a filter of system calls
 * @param object the object as it was read, with fields not named here; not {@code null}
 * @since 1.0
 */
public record LinuxSpec(
        List<SpecNamespace> namespaces,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        Map<String, String> sysctl,
        Optional<Resources> resources,
        Optional<String> cgroupsPath,
        List<SpecDevice> devices,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Optional<String> rootfsPropagation,
        boolean seccomp,
        JsonObject object) {
    private static final Set<String> PROPAGATIONS =
            Set.of(
                    "shared",
                    "rshared",
                    "slave",
                    "rslave",
                    "private",
                    "rprivate",
                    "unbindable",
                    "runbindable");

    private static final int LONGEST_PARAMETER = 256;

    /** Copies the lists; the map is one of {@link JsonObject#textMap}. */
    public LinuxSpec {
        namespaces = List.copyOf(namespaces);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        devices = List.copyOf(devices);
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        Objects.requireNonNull(object, "object");
    }

    /**
     * Tells whether the task gets a namespace of a kind for itself.
     *
     * @param type the kind, for example {@code network}
     * @return {@code false} if it joins one, or stays in the host's
     */
    public boolean hasOwn(String type) {
        return namespaces.stream().anyMatch(own -> own.type().equals(type) && own.path().isEmpty());
    }

    static LinuxSpec read(JsonObject linux) {
        return new LinuxSpec(
                namespaces(linux),
                linux.objects("uidMappings", IdMapping::read),
                linux.objects("gidMappings", IdMapping::read),
                sysctl(linux),
                linux.object("resources", Resources::read),
                cgroupsPath(linux),
                linux.objects("devices", SpecDevice::read),
                paths(linux, "maskedPaths"),
                paths(linux, "readonlyPaths"),
                propagation(linux),
                linux.object("seccomp", seccomp -> seccomp).isPresent(),
                linux);
    }

    private static List<SpecNamespace> namespaces(JsonObject linux) {
        List<SpecNamespace> namespaces = linux.objects("namespaces", SpecNamespace::read);
        Set<String> types = new HashSet<>();
        for (SpecNamespace namespace : namespaces) {
            if (!types.add(namespace.type())) {
                throw linux.invalid("namespaces", namespace.type() + " is there twice");
            }
        }
        return namespaces;
    }

    /** A value is data: nothing in it can begin another parameter. */
    private static Map<String, String> sysctl(JsonObject linux) {
        Map<String, String> sysctl = linux.textMap("sysctl");
        JsonObject object = JsonObject.of(JsonPath.field(linux.path(), "sysctl"), sysctl);
        sysctl.forEach(
                (key, value) -> {
                    if (!isParameter(key)) {
                        throw object.invalid(key, "is no parameter of the kernel");
                    }
                    if (value.length() > SpecRules.LONGEST_PATH
                            || !value.matches("[A-Za-z0-9 \\t.,:_-]*")) {
                        throw object.invalid(
                                key, Texts.quote(value) + " must match [A-Za-z0-9 \\t.,:_-]*");
                    }
                });
        return sysctl;
    }

    /** Names joined by points or slashes: a path below /proc/sys that leads nowhere else. */
    private static boolean isParameter(String key) {
        if (key.length() > LONGEST_PARAMETER) {
            return false;
        }
        boolean separator = true;
        boolean separated = false;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean divides = c == '.' || c == '/';
            if (divides && separator || !divides && !isNamed(c)) {
                return false;
            }
            separator = divides;
            separated |= divides;
        }
        return separated && !separator;
    }

    private static boolean isNamed(char c) {
        return c >= 'A' && c <= 'Z'
                || c >= 'a' && c <= 'z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '-'
                || c == '@'
                || c == ':';
    }

    private static Optional<String> cgroupsPath(JsonObject linux) {
        Optional<String> path = linux.text("cgroupsPath").filter(text -> !text.isEmpty());
        path.ifPresent(
                text -> {
                    SpecRules.requirePath(linux, "cgroupsPath", text);
                    if (("/" + text + "/").contains("/../")) {
                        throw linux.invalid("cgroupsPath", "must not lead upwards");
                    }
                });
        return path;
    }

    private static List<String> paths(JsonObject linux, String field) {
        List<String> paths = linux.texts(field);
        for (String path : paths) {
            SpecRules.requireNormal(linux, field, path);
        }
        return paths;
    }

    private static Optional<String> propagation(JsonObject linux) {
        Optional<String> mode = linux.text("rootfsPropagation").filter(text -> !text.isEmpty());
        mode.ifPresent(
                text -> {
                    if (!PROPAGATIONS.contains(text)) {
                        throw linux.invalid(
                                "rootfsPropagation", Texts.quote(text) + " is no propagation");
                    }
                });
        return mode;
    }
}

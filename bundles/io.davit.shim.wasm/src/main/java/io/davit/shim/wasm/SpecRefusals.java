package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.oci.LinuxSpec;
import io.davit.oci.ProcessSpec;
import io.davit.oci.Resources;
import io.davit.oci.Rlimit;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecMount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the fields of a specification that ask for what a guest in this JVM cannot have: isolation
 * by the kernel, another user, limits the kernel keeps, programs on the host. What a guest has
 * anyway, or what says nothing, passes.
 */
final class SpecRefusals {
    private static final Set<String> SPEC =
            Set.of("ociVersion", "process", "root", "mounts", "annotations", "linux");

    private static final Set<String> PROCESS =
            Set.of(
                    "args",
                    "env",
                    "cwd",
                    "user",
                    "terminal",
                    "consoleSize",
                    "noNewPrivileges",
                    "oomScoreAdj",
                    "rlimits");

    private static final Set<String> USER = Set.of("uid", "gid", "username");

    /** What is asked of a cgroup: memory is kept, one thread is no more than any limit. */
    private static final Set<String> RESOURCES = Set.of("memory", "pids", "devices", "cpu");

    private static final Set<String> CPU = Set.of("shares", "realtimeRuntime", "realtimePeriod");
    private static final Set<String> LINUX = Set.of("resources", "cgroupsPath");

    private final Path bundle;
    private final List<String> refused = new ArrayList<>();

    /** The bundle belongs to the user that runs this JVM. */
    SpecRefusals(Path bundle) {
        this.bundle = bundle;
    }

    /**
     * Checks a whole specification.
     *
     * @throws DavitException {@code NOT_IMPLEMENTED} naming all the fields at once
     */
    void check(RuntimeSpec spec) throws DavitException {
        others("spec", spec.object().tree(), SPEC);
        process("spec.process", spec.process());
        for (int i = 0; i < spec.mounts().size(); i++) {
            SpecMount mount = spec.mounts().get(i);
            if (!mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty()) {
                refused.add("spec.mounts[" + i + "].uidMappings");
            }
        }
        spec.linux().ifPresent(this::linux);
        refuse();
    }

    /** Checks a process that stands by itself. */
    void check(ProcessSpec process) throws DavitException {
        process("process", process);
        refuse();
    }

    /** Checks limits that stand by themselves. */
    static void check(Resources resources) throws DavitException {
        SpecRefusals refusals = new SpecRefusals(null);
        refusals.resources("resources", resources);
        refusals.refuse();
    }

    private void refuse() throws DavitException {
        if (!refused.isEmpty()) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED,
                    "a wasm task cannot have what is asked for by: " + String.join(", ", refused));
        }
    }

    /** Refuses every field that says something and is not known to be harmless. */
    private void others(String path, Map<String, Object> fields, Set<String> harmless) {
        fields.forEach(
                (name, value) -> {
                    if (!harmless.contains(name) && says(value)) {
                        refused.add(path + "." + name);
                    }
                });
    }

    private static boolean says(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(SpecRefusals::says);
        }
        if (value instanceof Long number) {
            return number > 0;
        }
        return value != null
                && !Boolean.FALSE.equals(value)
                && !"".equals(value)
                && !(value instanceof Collection<?> list && list.isEmpty());
    }

    private void process(String path, ProcessSpec process) {
        others(path, process.object().tree(), PROCESS);
        process.object()
                .object("user", user -> user)
                .ifPresent(user -> others(path + ".user", user.tree(), USER));
        if (isAnother(process.user().uid(), "unix:uid")) {
            refused.add(path + ".user.uid");
        }
        if (isAnother(process.user().gid(), "unix:gid")) {
            refused.add(path + ".user.gid");
        }
        for (Rlimit each : process.rlimits()) {
            boolean kept =
                    each.type().equals("RLIMIT_CORE")
                            || each.type().equals("RLIMIT_NOFILE")
                                    && Long.compareUnsigned(each.soft(), FdTable.MOST) >= 0;
            if (!kept) {
                refused.add(path + ".rlimits " + each.type());
            }
        }
    }

    /** Says whether it is neither 0, which is what nobody asked for, nor what we are. */
    private boolean isAnother(long id, String attribute) {
        try {
            return id != 0 && ((Number) Files.getAttribute(bundle, attribute)).longValue() != id;
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }

    private void linux(LinuxSpec linux) {
        others("spec.linux", linux.object().tree(), LINUX);
        linux.resources().ifPresent(each -> resources("spec.linux.resources", each));
    }

    private void resources(String path, Resources resources) {
        others(path, resources.object().tree(), RESOURCES);
        resources
                .object()
                .object("cpu", cpu -> cpu)
                .ifPresent(cpu -> others(path + ".cpu", cpu.tree(), CPU));
    }
}

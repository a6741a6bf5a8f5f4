package io.davit.shim.containerd;

import io.davit.oci.Json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The specification of a container for tests: what it runs, and a few things besides. */
record Spec(
        List<String> args,
        boolean terminal,
        String rootfs,
        Map<String, String> annotations,
        Map<String, Object> resources) {
    static Spec of(String... args) {
        return new Spec(List.of(args), false, "", Map.of(), Map.of());
    }

    /** Runs a line of a shell. */
    static Spec shell(String line) {
        return of("/bin/sh", "-c", line);
    }

    Spec withTerminal() {
        return new Spec(args, true, rootfs, annotations, resources);
    }

    /** Uses another root filesystem, also one relative to the bundle. */
    Spec at(String path) {
        return new Spec(args, terminal, path, annotations, resources);
    }

    Spec annotated(String key, String value) {
        return new Spec(args, terminal, rootfs, Map.of(key, value), resources);
    }

    Spec limited(Map<String, Object> limits) {
        return new Spec(args, terminal, rootfs, annotations, limits);
    }

    static Map<String, Object> process(boolean terminal, List<String> args) {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("terminal", terminal);
        process.put("user", Map.of("uid", 0, "gid", 0));
        process.put("args", args);
        process.put("env", List.of("PATH=/bin", "TERM=xterm"));
        process.put("cwd", "/");
        process.put("noNewPrivileges", true);
        return process;
    }

    String json(World world, String id) {
        String path = rootfs.isEmpty() ? world.rootfs.toString() : rootfs;
        return json(path, "/" + Busybox.GROUPS + "/" + world.namespace.name() + "/" + id);
    }

    /** Writes it for a root filesystem and a control group. */
    String json(String path, String group) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("ociVersion", "1.0.2");
        spec.put("process", process(terminal, args));
        spec.put("root", Map.of("path", path, "readonly", rootfs.isEmpty()));
        spec.put("hostname", "test");
        spec.put("mounts", mounts());
        spec.put("annotations", annotations);
        spec.put(
                "linux",
                Map.of(
                        "cgroupsPath", group,
                        "namespaces", namespaces("pid", "mount", "ipc", "uts"),
                        "resources", resources));
        return Json.write(spec);
    }

    private static List<Object> mounts() {
        List<Object> mounts = new ArrayList<>();
        mounts.add(mount("/proc", "proc"));
        mounts.add(mount("/dev", "tmpfs", "nosuid", "mode=755", "size=65536k"));
        mounts.add(mount("/dev/pts", "devpts", "newinstance", "ptmxmode=0666", "mode=0620"));
        return mounts;
    }

    private static Map<String, Object> mount(String target, String type, String... options) {
        return Map.of(
                "destination", target,
                "type", type,
                "source", type,
                "options", List.of(options));
    }

    private static List<Object> namespaces(String... types) {
        return Arrays.stream(types).map(t -> (Object) Map.of("type", t)).toList();
    }
}

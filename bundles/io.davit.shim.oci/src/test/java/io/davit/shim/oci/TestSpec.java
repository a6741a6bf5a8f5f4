package io.davit.shim.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes specifications for tests. */
final class TestSpec {
    private final List<String> args;
    private final List<String> namespaces =
            new ArrayList<>(List.of("pid", "mount", "ipc", "uts", "network"));
    private boolean terminal;
    private boolean readonly = true;
    private String resources = "{}";
    private String root;
    private String extra = "";

    private TestSpec(List<String> args) {
        this.args = args;
    }

    static TestSpec of(String... args) {
        return new TestSpec(List.of(args));
    }

    static TestSpec shell(String script) {
        return of("sh", "-c", script);
    }

    TestSpec terminal() {
        terminal = true;
        return this;
    }

    TestSpec resources(String json) {
        resources = json;
        return this;
    }

    TestSpec root(String path) {
        root = path;
        return this;
    }

    TestSpec writable() {
        readonly = false;
        return this;
    }

    TestSpec without(String namespace) {
        namespaces.remove(namespace);
        return this;
    }

    TestSpec extra(String json) {
        extra = json;
        return this;
    }

    static String process(boolean terminal, List<String> args) {
        String list = args.stream().map(TestSpec::quote).collect(Collectors.joining(","));
        return """
                {"terminal":%s,"user":{"uid":0,"gid":0},"args":[%s],
                 "env":["PATH=/bin","TERM=xterm"],"cwd":"/","noNewPrivileges":true,
                 "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"]},
                 "rlimits":[{"type":"RLIMIT_NOFILE","hard":1024,"soft":1024}]}"""
                .formatted(terminal, list);
    }

    String json(TestHost host, String id) {
        return json(root == null ? host.rootfs.toString() : root, host.cgroup + "/" + id);
    }

    String json(String rootfs, String group) {
        String spaces =
                namespaces.stream()
                        .map(type -> "{\"type\":\"" + type + "\"}")
                        .collect(Collectors.joining(","));
        return """
                {"ociVersion":"1.0.2","process":%s,
                 "root":{"path":%s,"readonly":%s},"hostname":"t"%s,
                 "mounts":[
                  {"destination":"/proc","type":"proc","source":"proc"},
                  {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","strictatime","mode=755","size=65536k"]},
                  {"destination":"/dev/pts","type":"devpts","source":"devpts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
                  {"destination":"/tmp","type":"tmpfs","source":"tmpfs","options":["nosuid","nodev"]}],
                 "linux":{"cgroupsPath":"%s","resources":%s,"namespaces":[%s]}}"""
                .formatted(
                        process(terminal, args),
                        quote(rootfs),
                        readonly,
                        extra,
                        group,
                        resources,
                        spaces);
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}

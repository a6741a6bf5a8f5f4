package io.davit.oci;

/**
 * The names of the fields of the OCI runtime specification, for Linux.
 *
 * <p>Source: OCI runtime-spec 1.2 {@code config.md} and {@code config-linux.md}, and the additions
 * of 1.3. Parts for other systems are read by nobody here.
 */
final class SpecShapes {
    /** The object {@code process}. */
    static final Shape PROCESS = process();

    /** The object {@code linux.resources}. */
    static final Shape RESOURCES = resources();

    /** The whole document. */
    static final Shape SPEC = spec();

    private SpecShapes() {}

    private static Shape spec() {
        Shape hook = Shape.fixed("path", "args", "env", "timeout");
        Shape hooks = Shape.fixed();
        for (String name :
                new String[] {
                    "prestart",
                    "createRuntime",
                    "createContainer",
                    "startContainer",
                    "poststart",
                    "poststop"
                }) {
            hooks = hooks.with(name, hook);
        }
        Shape mapping = mapping();
        Shape mounts =
                Shape.fixed("destination", "type", "source", "options")
                        .with("uidMappings", mapping)
                        .with("gidMappings", mapping);
        return Shape.fixed(
                        "ociVersion",
                        "hostname",
                        "domainname",
                        "annotations",
                        "solaris",
                        "windows",
                        "vm",
                        "zos",
                        "freebsd")
                .with("process", PROCESS)
                .with("root", Shape.fixed("path", "readonly"))
                .with("mounts", mounts)
                .with("hooks", hooks)
                .with("linux", linux());
    }

    private static Shape mapping() {
        return Shape.fixed("containerID", "hostID", "size");
    }

    private static Shape process() {
        return Shape.fixed(
                        "terminal",
                        "args",
                        "commandLine",
                        "env",
                        "cwd",
                        "noNewPrivileges",
                        "apparmorProfile",
                        "oomScoreAdj",
                        "selinuxLabel")
                .with("consoleSize", Shape.fixed("height", "width"))
                .with("user", Shape.fixed("uid", "gid", "umask", "additionalGids", "username"))
                .with(
                        "capabilities",
                        Shape.fixed("bounding", "effective", "inheritable", "permitted", "ambient"))
                .with("rlimits", Shape.fixed("type", "hard", "soft"))
                .with(
                        "scheduler",
                        Shape.fixed(
                                "policy",
                                "nice",
                                "priority",
                                "flags",
                                "runtime",
                                "deadline",
                                "period"))
                .with("ioPriority", Shape.fixed("class", "priority"))
                .with("execCPUAffinity", Shape.fixed("initial", "final"));
    }

    private static Shape linux() {
        Shape mapping = mapping();
        return Shape.fixed(
                        "sysctl",
                        "cgroupsPath",
                        "rootfsPropagation",
                        "maskedPaths",
                        "readonlyPaths",
                        "mountLabel")
                .with("uidMappings", mapping)
                .with("gidMappings", mapping)
                .with("resources", RESOURCES)
                .with("namespaces", Shape.fixed("type", "path"))
                .with(
                        "devices",
                        Shape.fixed("path", "type", "major", "minor", "fileMode", "uid", "gid"))
                .with("netDevices", Shape.each(Shape.fixed("name")))
                .with("seccomp", seccomp())
                .with(
                        "intelRdt",
                        Shape.fixed(
                                "closID",
                                "l3CacheSchema",
                                "memBwSchema",
                                "schemata",
                                "enableCMT",
                                "enableMBM",
                                "enableMonitoring"))
                .with("memoryPolicy", Shape.fixed("mode", "nodes", "flags"))
                .with("personality", Shape.fixed("domain", "flags"))
                .with("timeOffsets", Shape.each(Shape.fixed("secs", "nanosecs")));
    }

    private static Shape seccomp() {
        Shape arguments = Shape.fixed("index", "value", "valueTwo", "op");
        return Shape.fixed(
                        "defaultAction",
                        "defaultErrnoRet",
                        "architectures",
                        "flags",
                        "listenerPath",
                        "listenerMetadata")
                .with(
                        "syscalls",
                        Shape.fixed("names", "action", "errnoRet").with("args", arguments));
    }

    private static Shape resources() {
        Shape rate = Shape.fixed("major", "minor", "rate");
        Shape weight = Shape.fixed("major", "minor", "weight", "leafWeight");
        return Shape.fixed("unified")
                .with("devices", Shape.fixed("allow", "type", "major", "minor", "access"))
                .with(
                        "memory",
                        Shape.fixed(
                                "limit",
                                "reservation",
                                "swap",
                                "kernel",
                                "kernelTCP",
                                "swappiness",
                                "disableOOMKiller",
                                "useHierarchy",
                                "checkBeforeUpdate"))
                .with(
                        "cpu",
                        Shape.fixed(
                                "shares",
                                "quota",
                                "burst",
                                "period",
                                "realtimeRuntime",
                                "realtimePeriod",
                                "cpus",
                                "mems",
                                "idle"))
                .with("pids", Shape.fixed("limit"))
                .with(
                        "blockIO",
                        Shape.fixed("weight", "leafWeight")
                                .with("weightDevice", weight)
                                .with("throttleReadBpsDevice", rate)
                                .with("throttleWriteBpsDevice", rate)
                                .with("throttleReadIOPSDevice", rate)
                                .with("throttleWriteIOPSDevice", rate))
                .with("hugepageLimits", Shape.fixed("pageSize", "limit"))
                .with(
                        "network",
                        Shape.fixed("classID").with("priorities", Shape.fixed("name", "priority")))
                .with("rdma", Shape.each(Shape.fixed("hcaHandles", "hcaObjects")));
    }
}

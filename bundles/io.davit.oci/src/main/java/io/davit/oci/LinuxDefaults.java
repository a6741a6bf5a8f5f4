package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a Linux container is kept from unless somebody says otherwise.
 *
 * <p>Source: the default specifications of containerd, Docker and Podman; where they differ, the
 * stricter one.
 */
final class LinuxDefaults {
    /** Paths below which the kernel tells too much about the host. */
    static final List<String> MASKED =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/interrupts",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/devices/virtual/powercap",
                    "/sys/firmware");

    /** Paths below which the kernel can be changed. */
    static final List<String> READONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    /** What root in a container can do. */
    static final List<String> CAPABILITIES =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_SETFCAP",
                    "CAP_SETGID",
                    "CAP_SETPCAP",
                    "CAP_SETUID",
                    "CAP_SYS_CHROOT");

    static final List<String> NAMESPACES =
            List.of("pid", "network", "ipc", "uts", "mount", "cgroup");

    /** Open files: what programs may have that count descriptors with select. */
    private static final long FILES = 1024;

    private static final String SECCOMP = "seccomp.json";

    private LinuxDefaults() {}

    /** Capabilities of a process: none that it would keep across a change of user. */
    static Map<String, Object> capabilities() {
        Map<String, Object> sets = new LinkedHashMap<>();
        for (String set : List.of("bounding", "effective", "permitted")) {
            sets.put(set, CAPABILITIES);
        }
        return sets;
    }

    static List<Object> rlimits() {
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("type", "RLIMIT_NOFILE");
        files.put("hard", FILES);
        files.put("soft", FILES);
        return List.of(files);
    }

    static List<Object> namespaces() {
        List<Object> namespaces = new ArrayList<>();
        NAMESPACES.forEach(type -> namespaces.add(Map.of("type", type)));
        return namespaces;
    }

    /** No device but those that every runtime adds: null, zero, random, terminals. */
    static List<Object> devices() {
        Map<String, Object> none = new LinkedHashMap<>();
        none.put("allow", false);
        none.put("access", "rwm");
        return List.of(none);
    }

    /** File systems of the kernel, in the order in which they cover each other. */
    static List<Object> mounts() {
        return List.of(
                mount("/proc", "proc", "nosuid", "noexec", "nodev"),
                mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                mount(
                        "/dev/pts",
                        "devpts",
                        "nosuid",
                        "noexec",
                        "newinstance",
                        "ptmxmode=0666",
                        "mode=0620",
                        "gid=5"),
                mount("/dev/shm", "tmpfs", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
                mount("/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                mount("/sys", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                mount("/sys/fs/cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"));
    }

    private static Map<String, Object> mount(String destination, String type, String... options) {
        Map<String, Object> mount = new LinkedHashMap<>();
        mount.put("destination", destination);
        mount.put("type", type);
        mount.put("source", type);
        mount.put("options", List.of(options));
        return mount;
    }

    /** The filter of system calls for this machine's processor. */
    static Map<String, Object> seccomp() throws DavitException {
        try (InputStream in = LinuxDefaults.class.getResourceAsStream(SECCOMP)) {
            Object profile = Json.parse(SECCOMP, in.readAllBytes());
            return Json.with(
                    Json.asObject(SECCOMP, profile),
                    architectures(System.getProperty("os.arch", "")),
                    "architectures");
        } catch (IOException e) {
            throw new DavitException(Kind.INTERNAL, "default seccomp profile unreadable", e);
        }
    }

    /** A processor's own calls and those of its older modes; {@code null} for the runtime's own. */
    static List<Object> architectures(String machine) {
        return switch (machine) {
            case "amd64", "x86_64" -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
            case "aarch64" -> List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
            default -> null;
        };
    }
}

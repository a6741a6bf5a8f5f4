package io.davit.oci;

import static io.davit.oci.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is well-formed and not allowed is denied, by its field. */
class SpecPolicyTest {
    private static RuntimeSpec linux() {
        return SpecBuilder.linux().args(List.of("a")).build();
    }

    private static void assertDenied(String field, SpecPolicy policy, RuntimeSpec spec) {
        assertRefused(Kind.PERMISSION_DENIED, field, () -> policy.require(spec));
    }

    @Test
    void hooks_need_permission() {
        Map<String, Object> hook = Map.of("path", "/bin/true");
        RuntimeSpec hooked = linux().with(List.of(hook), "hooks", "poststop");
        assertDenied("spec.hooks", SpecPolicy.DEFAULT, hooked);
        SpecPolicy lenient = new SpecPolicy(true, false, false, Set.of());
        assertDoesNotThrow(() -> lenient.require(hooked));
        assertDoesNotThrow(() -> SpecPolicy.DEFAULT.require(linux().with(Map.of(), "hooks")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel.core_pattern", "vm.swappiness", "fs.file-max", "user.max_x"})
    void a_parameter_of_the_whole_kernel_is_denied(String key) {
        RuntimeSpec spec = linux().with(Map.of(key, "1"), "linux", "sysctl");
        assertDenied("spec.linux.sysctl." + key, SpecPolicy.DEFAULT, spec);
        RuntimeSpec slashes = linux().with(Map.of(key.replace('.', '/'), "1"), "linux", "sysctl");
        assertDenied("spec.linux.sysctl." + key.replace('.', '/'), SpecPolicy.DEFAULT, slashes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net.ipv4.ip_forward",
                "net/ipv4/ip_forward",
                "kernel.shmmax",
                "kernel.sem",
                "fs.mqueue.msg_max",
                "kernel.domainname"
            })
    void a_parameter_of_an_own_namespace_is_allowed_and_of_a_shared_one_denied(String key) {
        RuntimeSpec spec = linux().with(Map.of(key, "1"), "linux", "sysctl");
        assertDoesNotThrow(() -> SpecPolicy.DEFAULT.require(spec));
        assertDenied(
                "spec.linux.sysctl." + key,
                SpecPolicy.DEFAULT,
                spec.with(List.of(Map.of("type", "mount")), "linux", "namespaces"));
        List<Object> joined =
                List.of(
                        Map.of("type", "network", "path", "/proc/1/ns/net"),
                        Map.of("type", "ipc", "path", "/proc/1/ns/ipc"),
                        Map.of("type", "uts", "path", "/proc/1/ns/uts"));
        assertDenied(
                "spec.linux.sysctl." + key,
                SpecPolicy.DEFAULT,
                spec.with(joined, "linux", "namespaces"));
    }

    @Test
    void a_hardened_host_insists_on_the_default_paths() {
        SpecPolicy hardened = new SpecPolicy(false, true, false, Set.of());
        assertDoesNotThrow(() -> hardened.require(linux()));
        assertDenied(
                "spec.linux.maskedPaths",
                hardened,
                linux().with(List.of("/proc/kcore"), "linux", "maskedPaths"));
        assertDenied(
                "spec.linux.readonlyPaths", hardened, linux().with(null, "linux", "readonlyPaths"));
    }

    @Test
    void a_host_that_requires_limits_takes_neither_missing_nor_lifted_ones() {
        SpecPolicy strict = new SpecPolicy(false, false, true, Set.of());
        assertDenied("spec.linux.resources.memory.limit", strict, linux());
        RuntimeSpec limited = linux().with(1L << 30, "linux", "resources", "memory", "limit");
        assertDenied("spec.linux.resources.pids.limit", strict, limited);
        RuntimeSpec both = limited.with(100L, "linux", "resources", "pids", "limit");
        assertDoesNotThrow(() -> strict.require(both));
        assertDenied(
                "spec.linux.resources.pids.limit",
                strict,
                both.with(-1L, "linux", "resources", "pids", "limit"));
        assertRefused(
                Kind.PERMISSION_DENIED,
                "resources.memory.limit",
                () -> strict.require(Resources.parse("{\"memory\":{\"limit\":-1}}")));
        assertDoesNotThrow(() -> strict.require(Resources.parse("{\"cpu\":{\"shares\":2}}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/proc", "/proc/1", "/var/lib/davit", "/var/lib/davit/x"})
    void forbidden_sources_are_not_bound(String source) {
        SpecPolicy policy =
                new SpecPolicy(false, false, false, Set.of("/", "/proc", "/var/lib/davit"));
        RuntimeSpec bound =
                SpecBuilder.wasm().args(List.of("a")).bind(source, "/mnt", true).build();
        assertDenied("spec.mounts[0].source", policy, bound);
        RuntimeSpec other =
                SpecBuilder.wasm().args(List.of("a")).bind("/var/lib/davit2", "/m", true).build();
        assertDoesNotThrow(() -> policy.require(other));
        assertDoesNotThrow(() -> policy.require(linux()), "the kernel's own /proc is no bind");
    }
}

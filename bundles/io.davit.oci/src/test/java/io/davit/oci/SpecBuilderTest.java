package io.davit.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What is built is a checked specification, strict by default. */
class SpecBuilderTest {
    @Test
    void a_wasm_specification_says_what_the_module_gets_and_no_more() {
        RuntimeSpec spec =
                SpecBuilder.wasm()
                        .args(List.of("app", "x"))
                        .env(List.of("A=b"))
                        .cwd("/work")
                        .root("/srv/root", true)
                        .bind("/data", "/mnt", true)
                        .memoryLimit(64 << 20)
                        .annotation("key", "value")
                        .build();
        assertEquals(
                "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[\"app\",\"x\"],\"env\":[\"A=b\"],"
                        + "\"cwd\":\"/work\"},\"root\":{\"path\":\"/srv/root\",\"readonly\":true},"
                        + "\"linux\":{\"resources\":{\"memory\":{\"limit\":67108864}}},"
                        + "\"annotations\":{\"key\":\"value\"},"
                        + "\"mounts\":[{\"destination\":\"/mnt\",\"type\":\"bind\",\"source\":\"/data\","
                        + "\"options\":[\"rbind\",\"rprivate\",\"ro\"]}]}",
                spec.json());
        assertEquals(
                spec, RuntimeSpec.parse(spec.json()).with("1.0.2", "ociVersion"), "round trip");
    }

    @Test
    void what_is_built_is_checked() {
        assertThrows(DavitException.class, () -> SpecBuilder.wasm().build());
        SpecBuilder relative = SpecBuilder.wasm().args(List.of("a")).cwd("x");
        assertThrows(DavitException.class, relative::build);
    }

    @Test
    void a_linux_container_is_kept_apart_by_default() {
        RuntimeSpec spec = SpecBuilder.linux().args(List.of("sh")).pidsLimit(100).build();
        LinuxSpec linux = spec.linux().orElseThrow();
        for (String type : List.of("pid", "network", "ipc", "uts", "mount", "cgroup")) {
            assertTrue(linux.hasOwn(type), type);
        }
        assertTrue(spec.process().noNewPrivileges());
        assertTrue(linux.seccomp());
        Capabilities capabilities = spec.process().capabilities().orElseThrow();
        assertFalse(capabilities.bounding().contains("CAP_SYS_ADMIN"));
        assertEquals(List.of(), capabilities.ambient());
        assertEquals(List.of(), capabilities.inheritable());
        assertEquals(OptionalLong.of(100), linux.resources().orElseThrow().pids());
        SpecPolicy hardened = new SpecPolicy(false, true, false, Set.of("/", "/proc", "/sys"));
        hardened.require(spec);
    }

    @Test
    void mounts_and_users_are_written_as_they_are_read() {
        SpecMount mount =
                new SpecMount(
                        "/a",
                        Optional.of("bind"),
                        Optional.of("/b"),
                        List.of("bind"),
                        List.of(new IdMapping(0, 1000, 5)),
                        List.of(new IdMapping(0, 2000, 5)));
        SpecUser user = new SpecUser(5, 6, OptionalLong.of(18), List.of(7L));
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
        RuntimeSpec spec =
                SpecBuilder.linux()
                        .args(List.of("a"))
                        .mount(mount)
                        .user(user)
                        .terminal(true)
                        .hostname("box")
                        .userNamespace(ids, ids)
                        .build();
        assertEquals(mount, spec.mounts().get(spec.mounts().size() - 1));
        assertEquals(user, spec.process().user());
        assertEquals(Optional.of("box"), spec.hostname());
        assertTrue(spec.process().terminal());
        assertTrue(spec.linux().orElseThrow().hasOwn("user"));
        assertEquals(ids, spec.linux().orElseThrow().gidMappings());
    }

    @Test
    void the_filter_of_system_calls_denies_by_default_and_names_each_call_once() {
        Map<String, Object> seccomp = LinuxDefaults.seccomp();
        assertEquals("SCMP_ACT_ERRNO", seccomp.get("defaultAction"));
        List<String> open = new ArrayList<>();
        for (Object rule : (List<?>) seccomp.get("syscalls")) {
            JsonObject each = JsonObject.of("rule", rule);
            if (!each.has("args")) {
                open.addAll(each.texts("names"));
            }
        }
        assertEquals(open.size(), new HashSet<>(open).size());
        for (String call :
                List.of(
                        "mount",
                        "umount2",
                        "setns",
                        "unshare",
                        "bpf",
                        "kexec_load",
                        "keyctl",
                        "add_key",
                        "perf_event_open",
                        "init_module",
                        "io_uring_setup",
                        "socket",
                        "clone",
                        "userfaultfd",
                        "open_by_handle_at",
                        "pivot_root",
                        "reboot")) {
            assertFalse(open.contains(call), call);
        }
    }

    @Test
    void the_filter_speaks_of_this_processor_and_its_older_modes() {
        assertTrue(LinuxDefaults.architectures("amd64").contains("SCMP_ARCH_X86_64"));
        assertTrue(LinuxDefaults.architectures("aarch64").contains("SCMP_ARCH_AARCH64"));
        assertEquals(null, LinuxDefaults.architectures("riscv64"));
    }
}

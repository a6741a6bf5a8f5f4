package io.davit.oci;

import static io.davit.oci.Refusals.assertInvalid;
import static io.davit.oci.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A specification is read whole, and every field that is wrong is named. */
class RuntimeSpecTest {
    private static final String MINIMAL =
            "{\"ociVersion\":\"1.0.2\",\"process\":{\"args\":[\"a\"],\"cwd\":\"/\"}}";

    private static RuntimeSpec minimal() {
        return RuntimeSpec.parse(MINIMAL);
    }

    private static RuntimeSpec full() throws IOException {
        try (InputStream in = RuntimeSpecTest.class.getResourceAsStream("full.json")) {
            return RuntimeSpec.parse(in.readAllBytes());
        }
    }

    /** Changes one field, dotted, to a value in JSON. */
    private static RuntimeSpec changed(String path, String json) {
        RuntimeSpec rooted = minimal().with("rootfs", "root", "path");
        return rooted.with(Json.parse("value", json), path.split("\\."));
    }

    @Test
    void a_minimal_specification_is_enough() {
        RuntimeSpec spec = minimal();
        assertEquals(List.of("a"), spec.process().args());
        assertEquals(SpecUser.ROOT, spec.process().user());
        assertEquals(Optional.empty(), spec.root());
        assertEquals(List.of(), spec.mounts());
        assertFalse(spec.hooks());
        assertEquals(MINIMAL, spec.json());
    }

    @Test
    void every_field_of_a_full_specification_is_read() throws IOException {
        RuntimeSpec spec = full();
        ProcessSpec process = spec.process();
        assertTrue(process.terminal());
        assertEquals(Optional.of(new SpecConsole(24, 80)), process.consoleSize());
        assertEquals(
                new SpecUser(1000, 1001, OptionalLong.of(18), List.of(5L, 6L)), process.user());
        assertEquals(List.of("PATH=/bin", "SECRET=hunter2="), process.env());
        assertEquals(List.of("CAP_KILL"), process.capabilities().orElseThrow().bounding());
        assertEquals(List.of(new Rlimit("RLIMIT_NOFILE", -1, 1024)), process.rlimits());
        assertTrue(process.noNewPrivileges());
        assertEquals(OptionalLong.of(-5), process.oomScoreAdj());
        assertEquals(Optional.of(new SpecRoot("rootfs", true)), spec.root());
        assertEquals(Optional.of("box"), spec.hostname());
        assertEquals(2, spec.mounts().size());
        assertFalse(spec.mounts().get(0).isBind());
        assertTrue(spec.mounts().get(1).isBind());
        assertEquals(List.of(new IdMapping(0, 100000, 65536)), spec.mounts().get(1).uidMappings());
        assertEquals(Map.of("com.example.key", "value"), spec.annotations());
        assertTrue(spec.hooks());
    }

    @Test
    void every_field_for_linux_is_read() throws IOException {
        LinuxSpec linux = full().linux().orElseThrow();
        assertTrue(linux.hasOwn("network"));
        assertFalse(linux.hasOwn("ipc"), "joined");
        assertFalse(linux.hasOwn("uts"));
        assertEquals(Map.of("net.ipv4.ip_forward", "1"), linux.sysctl());
        assertEquals(Optional.of("/davit/t1"), linux.cgroupsPath());
        assertEquals("/dev/fuse", linux.devices().get(0).path());
        assertEquals(List.of("/proc/kcore"), linux.maskedPaths());
        assertEquals(List.of("/proc/sys"), linux.readonlyPaths());
        assertEquals(Optional.of("rslave"), linux.rootfsPropagation());
        assertTrue(linux.seccomp());
        Resources resources = linux.resources().orElseThrow();
        assertEquals(OptionalLong.of(1 << 20), resources.memoryLimit());
        assertEquals(OptionalLong.of(-1), resources.memorySwap());
        assertEquals(OptionalLong.of(32), resources.pids());
        assertEquals(OptionalLong.of(1024), resources.cpuShares());
        assertEquals(OptionalLong.of(50_000), resources.cpuQuota());
        assertEquals(Optional.of("0-3,7"), resources.cpus());
        assertEquals(Map.of("memory.high", "1000000"), resources.unified());
    }

    @Test
    void unknown_fields_reach_the_runtime_unchanged() throws IOException {
        RuntimeSpec spec = full();
        RuntimeSpec moved = spec.with("/elsewhere", "root", "path");
        assertEquals("/elsewhere", moved.root().orElseThrow().path());
        assertEquals(
                spec.json().replace("\"path\":\"rootfs\"", "\"path\":\"/elsewhere\""),
                moved.json());
        assertTrue(moved.json().contains("\"unknown\":{\"kept\":[1.10,-0]}"));
    }

    @Test
    void no_value_of_the_environment_is_shown() throws IOException {
        RuntimeSpec spec = full();
        String shown = spec + " " + spec.process() + " " + spec.object() + spec.linux();
        assertFalse(shown.contains("hunter2"), shown);
        for (String bad : new String[] {"hunter2", "=hunter2", "A=hunter2\\u0000"}) {
            DavitException refused =
                    assertThrows(
                            DavitException.class,
                            () -> changed("process.env", "[\"" + bad + "\"]"));
            assertFalse(refused.getMessage().contains("hunter2"), refused.getMessage());
            assertTrue(refused.getMessage().startsWith("spec.process.env[0]:"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"x\"", "[]", "null", "true"})
    void a_document_that_is_no_object_is_refused(String json) {
        assertInvalid("spec", () -> RuntimeSpec.parse(json));
    }

    @Test
    void what_is_required_is_missed_by_name() {
        assertInvalid("spec.ociVersion", () -> RuntimeSpec.parse("{}"));
        assertInvalid("spec.process", () -> RuntimeSpec.parse("{\"ociVersion\":\"1.0.0\"}"));
        assertInvalid("spec.process.args", () -> minimal().with(null, "process", "args"));
        assertInvalid("spec.process.cwd", () -> minimal().with(null, "process", "cwd"));
        assertInvalid("spec.root.path", () -> changed("root", "{}"));
        assertInvalid("spec.mounts[0].destination", () -> changed("mounts", "[{}]"));
        assertInvalid("spec.linux.namespaces[0].type", () -> changed("linux.namespaces", "[{}]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0.0", "0.9.0", "11.0.0"})
    void another_version_is_not_implemented(String version) {
        assertRefused(
                Kind.NOT_IMPLEMENTED,
                "spec.ociVersion",
                () -> minimal().with(version, "ociVersion"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ociVersion | \"1\"",
                "ociVersion | 1.0",
                "hostname | \"a b\"",
                "hostname | \"a\\nb\"",
                "process | []",
                "process.args | []",
                "process.args | [\"\"]",
                "process.args | \"a\"",
                "process.args[0] | [1]",
                "process.args[1] | [\"a\",null]",
                "process.args[1] | [\"a\",\"b\\u0000\"]",
                "process.env[0] | [\"A\"]",
                "process.env[0] | [\"=a\"]",
                "process.env[1] | [\"A=\",\"\"]",
                "process.cwd | \"\"",
                "process.cwd | \"relative\"",
                "process.cwd | \"/a/../b\"",
                "process.cwd | \"/a//b\"",
                "process.cwd | \"/./a\"",
                "process.cwd | \"/proc/self/fd/7\"",
                "process.cwd | \"/proc\"",
                "process.cwd | \"/dev/fd\"",
                "process.cwd | \"/dev/fd/3\"",
                "process.cwd | \"/a\\u0000\"",
                "process.terminal | \"true\"",
                "process.terminal | 1",
                "process.user.uid | 2147483648",
                "process.user.uid | 4294967296",
                "process.user.uid | -1",
                "process.user.uid | -0",
                "process.user.uid | 1.0",
                "process.user.uid | 1e3",
                "process.user.uid | \"0\"",
                "process.user.gid | 99999999999999999999",
                "process.user.umask | 512",
                "process.user.additionalGids[1] | [1,-1]",
                "process.consoleSize.height | 65536",
                "process.consoleSize.width | -1",
                "process.oomScoreAdj | 1001",
                "process.oomScoreAdj | -1001",
                "process.capabilities.bounding | [\"KILL\"]",
                "process.capabilities.ambient | [\"CAP_X;\"]",
                "process.capabilities | []",
                "process.rlimits | {}",
                "process.rlimits[0].type | [{\"type\":\"NOFILE\",\"hard\":1,\"soft\":1}]",
                "process.rlimits[0].soft | [{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":2}]",
                "process.rlimits[0].hard | [{\"type\":\"RLIMIT_CPU\",\"soft\":2}]",
                "process.rlimits[0].hard |"
                        + " [{\"type\":\"RLIMIT_CPU\",\"hard\":18446744073709551616,\"soft\":2}]",
                "process.rlimits | [{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":1},"
                        + "{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":1}]",
                "root.path | \"a\\nb\"",
                "root.readonly | 1",
                "mounts[0].destination | [{\"destination\":\"relative\"}]",
                "mounts[0].destination | [{\"destination\":\"/a/../b\"}]",
                "mounts[0].options | [{\"destination\":\"/a\",\"options\":[\"a\\nb\"]}]",
                "mounts[0].uidMappings[0].size |"
                        + " [{\"destination\":\"/a\",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,"
                        + "\"size\":0}]}]",
                "annotations.a | {\"a\":1}",
                "annotations | {\"a\":\"b\\u0000\"}",
                "linux.cgroupsPath | \"/a/../../b\"",
                "linux.rootfsPropagation | \"maybe\"",
                "linux.maskedPaths | [\"/a/../etc\"]",
                "linux.namespaces[0].type | [{\"type\":\"net\"}]",
                "linux.namespaces[0].path | [{\"type\":\"network\",\"path\":\"x\"}]",
                "linux.namespaces | [{\"type\":\"pid\"},{\"type\":\"pid\"}]",
                "linux.uidMappings[0].size |"
                        + " [{\"containerID\":0,\"hostID\":4294967295,\"size\":2}]",
                "linux.devices[0].type | [{\"path\":\"/dev/x\",\"type\":\"x\"}]",
                "linux.devices[0].path | [{\"path\":\"/dev/../x\",\"type\":\"c\"}]",
                "linux.devices[0].fileMode |"
                        + " [{\"path\":\"/dev/x\",\"type\":\"c\",\"fileMode\":2541}]",
            })
    void a_malformed_field_is_refused_by_its_path(String path, String json) {
        String field = path.replaceAll("\\[.*", "");
        assertInvalid("spec." + path, () -> changed(field, json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "memory.limit | 0",
                "memory.limit | -2",
                "memory.limit | 1048575",
                "memory.limit | 9007199254740993",
                "memory.limit | 1e9",
                "memory.swap | -2",
                "memory.swappiness | 101",
                "pids.limit | 0",
                "pids.limit | -2",
                "pids.limit | 4194305",
                "cpu.shares | 1",
                "cpu.quota | 999",
                "cpu.quota | -2",
                "cpu.period | 999",
                "cpu.period | 1000001",
                "cpu.cpus | \"0;1\"",
                "cpu.mems | \"a\"",
                "blockIO.weight | 5",
            })
    void a_limit_out_of_range_is_refused_in_create_and_in_update(String path, String json) {
        String whole = "linux.resources." + path;
        assertInvalid("spec." + whole, () -> changed(whole, json));
        Map<String, Object> update =
                Json.with(Map.of(), Json.parse("value", json), path.split("\\."));
        assertInvalid("resources." + path, () -> Resources.parse(Json.write(update)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "memory", "a/b.c", "memory.high\\n", "", "a..b"})
    void only_a_file_of_the_cgroup_can_be_set(String key) {
        String json = "{\"" + key + "\":\"1\"}";
        assertThrows(DavitException.class, () -> changed("linux.resources.unified", json));
    }

    @Test
    void limits_may_be_absent_or_lifted() {
        Resources lifted =
                Resources.parse("{\"memory\":{\"limit\":-1},\"pids\":{\"limit\":-1},\"cpu\":{}}");
        assertEquals(OptionalLong.of(-1), lifted.memoryLimit());
        assertEquals(OptionalLong.of(-1), lifted.pids());
        assertEquals(OptionalLong.empty(), lifted.cpuShares());
        assertEquals(
                OptionalLong.of(1L << 53),
                Resources.parse("{\"memory\":{\"limit\":9007199254740992}}").memoryLimit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kernel.x\":\"1+kernel.core_pattern=|/x\"}",
                "{\"net.x\":\"1\\n\"}",
                "{\"net.x\":\"a;b\"}",
                "{\"net..x\":\"1\"}",
                "{\"/net/x\":\"1\"}",
                "{\"net/../kernel/x\":\"1\"}",
                "{\"net\":\"1\"}",
                "{\"net.x y\":\"1\"}",
                "{\"net.x=1\":\"1\"}",
                "{\"\":\"1\"}"
            })
    void a_sysctl_that_could_mean_another_is_refused(String json) {
        DavitException refused =
                assertThrows(DavitException.class, () -> changed("linux.sysctl", json));
        assertEquals(Kind.INVALID_ARGUMENT, refused.kind());
        assertTrue(refused.getMessage().startsWith("spec.linux.sysctl."));
    }

    @Test
    void a_very_long_sysctl_costs_nothing() {
        String key = "a.".repeat(200_000) + "a";
        assertThrows(
                DavitException.class, () -> changed("linux.sysctl", "{\"" + key + "\":\"1\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hooks", "hoo\u212As", "hook\u017F", "HOOKS", "Process", "Linux"})
    void a_known_field_in_disguise_is_refused(String key) {
        assertThrows(DavitException.class, () -> minimal().with(Map.of(), key));
    }

    @ParameterizedTest
    @CsvSource({
        "process.Args",
        "process.user.UID",
        "process.capabilities.Ambient",
        "root.readOnly",
        "linux.maskedpaths",
        "linux.resources.Memory",
        "linux.resources.memory.LIMIT",
        "linux.\u017Feccomp",
        "process.consoleSize.\u212Aey"
    })
    void fields_in_disguise_are_found_at_every_depth(String path) {
        String[] names = path.split("\\.");
        RuntimeSpec spec = minimal();
        if (names[names.length - 1].startsWith("\u212A")) {
            Map<String, Object> twice = Map.of("key", 1L, "\u212Aey", 2L);
            assertThrows(DavitException.class, () -> spec.with(twice, "process", "consoleSize"));
        } else {
            assertInvalid("spec." + readable(path), () -> spec.with(Map.of(), names));
        }
    }

    private static String readable(String path) {
        return path.contains("\u017F") ? "linux.\"\\u017feccomp\"" : path;
    }

    @Test
    void free_keys_may_differ_in_case_and_lists_are_looked_into() {
        Map<String, Object> annotations = Map.of("a", "1", "A", "2");
        assertEquals(2, minimal().with(annotations, "annotations").annotations().size());
        assertInvalid(
                "spec.mounts[0].Source",
                () -> changed("mounts", "[{\"destination\":\"/a\",\"Source\":\"/etc\"}]"));
        assertInvalid(
                "spec.linux.seccomp.syscalls[0].Names",
                () -> changed("linux.seccomp", "{\"syscalls\":[{\"Names\":[]}]}"));
    }

    @Test
    void arguments_are_as_long_as_the_kernel_takes_them() {
        String longest = "x".repeat(131_071);
        assertEquals(
                1, minimal().with(List.of(longest), "process", "args").process().args().size());
        assertInvalid(
                "spec.process.args[1]",
                () -> minimal().with(List.of("a", longest + "x"), "process", "args"));
        assertInvalid(
                "spec.process.args",
                () -> minimal().with(Collections.nCopies(17, longest), "process", "args"));
    }

    @Test
    void an_exec_reads_a_process_that_stands_by_itself() {
        ProcessSpec process = ProcessSpec.parse("{\"args\":[\"sh\"],\"cwd\":\"/tmp/\"}");
        assertEquals(List.of("sh"), process.args());
        assertInvalid("process.args", () -> ProcessSpec.parse("{\"cwd\":\"/\"}"));
        assertInvalid("process.Args", () -> ProcessSpec.parse("{\"Args\":[\"sh\"],\"cwd\":\"/\"}"));
        assertInvalid("process", () -> ProcessSpec.parse("[]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648",
                "4294967296:0",
                "0:2147483648",
                "-1",
                "+1",
                "root;",
                "root",
                "",
                ":",
                "1:",
                ":1",
                "01",
                "1 ",
                "1:1:1",
                "\u0661",
                "99999999999999999999"
            })
    void a_user_that_is_no_plain_number_is_refused(String user) {
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(DavitException.class, () -> SpecUser.parse(user)).kind());
    }

    @Test
    void a_user_is_a_number_and_perhaps_a_group() {
        assertEquals(2147483647, SpecUser.parse("2147483647:0").uid());
        assertEquals(7, SpecUser.parse("5:7").gid());
        assertEquals(0, SpecUser.parse("5").gid());
    }
}

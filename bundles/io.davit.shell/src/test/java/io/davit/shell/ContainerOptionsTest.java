package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Stdio;
import io.davit.oci.LinuxSpec;
import io.davit.oci.Resources;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecDevice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the options of containers change in a specification. */
class ContainerOptionsTest {
    @TempDir Path directory;

    private static RuntimeSpec spec(String... options) throws Exception {
        List<String> args = new ArrayList<>(List.of(options));
        args.addAll(List.of("--", "/bin/sh"));
        return RuntimeSpec.parse(TaskRequest.of(RunParser.parse(args), Stdio.NONE).spec().json());
    }

    private static LinuxSpec linux(String... options) throws Exception {
        return spec(options).linux().orElseThrow();
    }

    @Test
    void limits_are_written_where_runtimes_look_for_them() throws Exception {
        Resources resources =
                linux("--cpus", "1.5", "--pids", "20", "--memory", "64M").resources().orElseThrow();
        assertEquals(150_000, resources.cpuQuota().getAsLong());
        assertEquals(100_000, resources.cpuPeriod().getAsLong());
        assertEquals(20, resources.pids().getAsLong());
        assertEquals(64 << 20, resources.memoryLimit().getAsLong());
    }

    @Test
    void a_user_leaves_the_groups_of_another_behind() throws Exception {
        RuntimeSpec spec = spec("--user", "1000:100");
        assertEquals(1000, spec.process().user().uid());
        assertEquals(100, spec.process().user().gid());
        assertEquals(List.of(), spec.process().user().additionalGids());
        assertThrows(DavitException.class, () -> spec("--user", "4294967296"));
    }

    @Test
    void a_user_namespace_begins_at_the_first_id() throws Exception {
        LinuxSpec linux = linux("--userns", "100000:1000");
        assertTrue(linux.hasOwn("user"));
        assertEquals(100_000, linux.uidMappings().get(0).hostId());
        assertEquals(1000, linux.gidMappings().get(0).size());
        assertEquals(65_536, linux("--userns=5000").uidMappings().get(0).size());
    }

    @Test
    void the_network_is_own_given_or_the_hosts() throws Exception {
        assertTrue(linux().hasOwn("network"));
        assertTrue(linux("--network", "own").hasOwn("network"));
        assertTrue(
                linux("--network", "host").namespaces().stream()
                        .noneMatch(n -> n.type().equals("network")));
        LinuxSpec given = linux("--network", "/run/netns/blue");
        assertFalse(given.hasOwn("network"));
        assertTrue(
                given.namespaces().stream()
                        .anyMatch(n -> n.path().orElse("").equals("/run/netns/blue")));
    }

    @Test
    void a_device_is_made_and_may_be_used() throws Exception {
        LinuxSpec linux = linux("--device", "/dev/null:/dev/nothing:rw");
        SpecDevice device = linux.devices().get(0);
        assertEquals("/dev/nothing", device.path());
        assertEquals("c", device.type());
        assertEquals(1, device.major());
        assertEquals(3, device.minor());
        String rules = linux.resources().orElseThrow().toString();
        assertTrue(rules.contains("\"access\":\"rw\""), rules);
        assertTrue(rules.indexOf("\"allow\":false") < rules.indexOf("\"allow\":true"), rules);
    }

    @Test
    void capabilities_come_and_go() throws Exception {
        String json = spec("--cap-drop", "ALL", "--cap-add", "net_raw").json();
        assertTrue(json.contains("\"bounding\":[\"CAP_NET_RAW\"]"), json);
        assertTrue(json.contains("\"permitted\":[\"CAP_NET_RAW\"]"), json);
        assertFalse(json.contains("CAP_CHOWN"), json);
    }

    @Test
    void the_root_filesystem_is_protected() throws Exception {
        assertTrue(spec("--read-only").root().orElseThrow().readonly());
        assertEquals("true", spec("--overlay").annotations().get(ContainerOptions.OVERLAY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--cpus=many",
                "--cpus=-1",
                "--pids=x",
                "--userns=a",
                "--network=bridge",
                "--device=null",
                "--device=/nosuch",
                "--device=/etc",
                "--device=/dev/null:/x:y",
                "--cap-add=no such"
            })
    void what_is_malformed_is_refused(String option) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> spec(option));
        String name = option.substring(0, option.indexOf('='));
        assertTrue(failure.getMessage().contains(name), failure.getMessage());
    }

    @Test
    void modules_have_none_of_them() throws Exception {
        Path module = Files.write(directory.resolve("m.wasm"), new byte[] {0, 'a', 's', 'm'});
        RunOptions options = RunParser.parse(List.of("--pids", "3", module.toString()));
        CommandFailure failure =
                assertThrows(CommandFailure.class, () -> TaskRequest.of(options, Stdio.NONE));
        assertTrue(failure.getMessage().contains("--pids is for containers"));
    }

    @Test
    void a_specification_says_by_its_program_what_runs_it() throws Exception {
        Path file = Files.writeString(directory.resolve("config.json"), spec().json());
        RunOptions options = RunParser.parse(List.of("--spec", file.toString()));
        assertEquals("io.davit.oci.v1", TaskRequest.of(options, Stdio.NONE).runtime());
        Files.writeString(file, spec().with(List.of("/m.wasm"), "process", "args").json());
        assertEquals("io.davit.wasm.v1", TaskRequest.of(options, Stdio.NONE).runtime());
    }
}

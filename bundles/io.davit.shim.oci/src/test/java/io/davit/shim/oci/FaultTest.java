package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Stdio;
import io.davit.linux.MountFlags;
import io.davit.linux.Mounts;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What breaks, and what is left then: nothing. */
class FaultTest extends OciTest {
    private Path script(String name, String text) throws Exception {
        Path script = Files.writeString(host.root.resolve(name), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private void use(String conmon, String... runtimes) throws Exception {
        host.plugin.close();
        Settings usual = TestHost.settings(runtimes);
        host.plugin =
                new OciPlugin(
                        new Settings(
                                usual.runtimes(),
                                conmon,
                                usual.searchPath(),
                                usual.vulnerable(),
                                usual.driver(),
                                usual.logBytes()));
    }

    private void assertWorks(TestContext context) throws Exception {
        ShimInstance shim = host.run(context, Stdio.NONE);
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
    }

    private DavitException create(TestContext context, Duration within) throws Exception {
        ShimInstance shim = host.plugin.start(context, LONG);
        return assertThrows(
                DavitException.class, () -> shim.create(TestHost.request(Stdio.NONE), within));
    }

    @Test
    void a_full_disk_fails_the_create_and_the_id_works_again_when_there_is_room() throws Exception {
        Path tasks = Files.createDirectory(host.root.resolve("tasks"));
        Mounts.mount("tmpfs", tasks.toString(), "tmpfs", 0, "size=64k");
        try {
            TestContext context = host.bundle("t1", TestSpec.of("true"));
            Path fill = tasks.resolve("fill");
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(new byte[64 << 10]);
            assertThrows(java.io.IOException.class, () -> Files.write(fill, block.toByteArray()));
            DavitException e = create(context, LONG);
            assertEquals(Kind.RESOURCE_EXHAUSTED, e.kind(), e.getMessage());
            assertEquals(List.of(), host.monitors());
            assertEquals(List.of(), host.cgroups());
            Files.delete(fill);
            host.plugin.cleanUp(context, LONG);
            assertWorks(context);
        } finally {
            Mounts.unmount(tasks.toString(), MountFlags.UMOUNT_DETACH);
        }
    }

    @Test
    void programs_that_are_missing_are_named_and_found_when_they_come() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        use("conmon", "no-such-runtime");
        DavitException e =
                assertThrows(DavitException.class, () -> host.plugin.info(OciPlugin.ANY, LONG));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("binary no-such-runtime not in PATH"), e.getMessage());
        Path late = host.root.resolve("late");
        use(late.toString(), "runc");
        assertKind(Kind.UNAVAILABLE, () -> host.plugin.start(context, LONG));
        Files.createDirectory(late);
        assertKind(Kind.UNAVAILABLE, () -> host.plugin.start(context, LONG));
        Files.delete(late);
        script("late", "exec conmon \"$@\"");
        assertWorks(context);
        assertKind(Kind.INVALID_ARGUMENT, () -> TestHost.settings("../runc"));
    }

    @Test
    void a_program_that_others_can_change_is_refused() throws Exception {
        Path open = script("open", "exec runc \"$@\"");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        use("conmon", open.toString());
        DavitException e =
                assertThrows(DavitException.class, () -> host.plugin.info(OciPlugin.ANY, LONG));
        assertTrue(e.getMessage().contains("changed by others"), e.getMessage());
    }

    @Test
    void any_other_runtime_is_called_by_its_commands() throws Exception {
        Path other =
                script(
                        "other",
                        "case \"$1\" in --version) echo 'other version 3.1.4';;"
                                + " *) exec runc \"$@\";; esac");
        use("conmon", other.toString());
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        assertEquals(
                "other 3.1.4",
                host.plugin.info(OciPlugin.ANY, LONG).attributes().get("oci.version"));
        assertWorks(context);
        TestContext second = host.bundle("t2", TestSpec.of("sleep", "1000"));
        host.run(second, Stdio.NONE).close(LONG);
        assertEquals(List.of(), host.monitors());
    }

    @Test
    void a_runtime_that_hangs_is_killed_with_its_monitor() throws Exception {
        Path slow =
                script(
                        "slow",
                        "case \"$1\" in --version) echo 'slow version 1.0.0';;"
                                + " features) exit 1;; *) exec sleep 1000;; esac");
        use("conmon", slow.toString());
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        DavitException e = create(context, Duration.ofMillis(500));
        assertEquals(Kind.DEADLINE_EXCEEDED, e.kind(), e.getMessage());
        assertEquals(List.of(), host.monitors());
        Thread.currentThread().interrupt();
        assertEquals(Kind.CANCELLED, create(context, LONG).kind());
        assertTrue(Thread.interrupted());
        assertEquals(List.of(), host.monitors());
        use("conmon", "runc");
        assertWorks(context);
    }

    @Test
    void a_runtime_that_gives_no_reason_fails_the_create() throws Exception {
        Path mute =
                script(
                        "mute",
                        "case \"$1\" in --version) echo 'mute version 1.0.0';; *) exit 3;; esac");
        use("conmon", mute.toString());
        DavitException e = create(host.bundle("t1", TestSpec.of("true")), LONG);
        assertTrue(e.getMessage().contains("create task default/t1"), e.getMessage());
        assertEquals(Kind.INTERNAL, e.kind());
    }

    @Test
    void a_monitor_that_speaks_nonsense_is_a_protocol_error() throws Exception {
        Path liar =
                script(
                        "liar",
                        "case \"$1\" in --version) echo 'conmon version 9.9.9';;"
                                + " *) echo '{\"data\": \"1\"}' >&3; exec sleep 1000;; esac");
        use(liar.toString(), "runc");
        DavitException e = create(host.bundle("t1", TestSpec.of("true")), LONG);
        assertEquals(Kind.INTERNAL, e.kind());
        assertTrue(e.getMessage().contains("protocol error"), e.getMessage());
        assertEquals(List.of(), host.monitors());
    }

    @Test
    void a_specification_that_is_malformed_starts_nothing() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        for (String json : List.of("", "{", "{\"ociVersion\":\"1.0.0\"}", "[]")) {
            Files.writeString(context.bundle().config(), json);
            assertEquals(Kind.INVALID_ARGUMENT, create(context, LONG).kind(), json);
        }
        Files.delete(context.bundle().config());
        assertEquals(Kind.INVALID_ARGUMENT, create(context, LONG).kind());
    }

    private Settings policy(Settings.Vulnerable policy, Path runtime) {
        Settings usual = TestHost.settings(runtime.toString());
        return new Settings(
                usual.runtimes(),
                usual.conmon(),
                usual.searchPath(),
                policy,
                usual.driver(),
                usual.logBytes());
    }

    @Test
    void the_versions_policy_warns_refuses_or_is_silent() throws Exception {
        Path old = script("old", "echo 'runc version 1.0.0'");
        host.plugin.close();
        host.plugin = new OciPlugin(policy(Settings.Vulnerable.REFUSE, old));
        DavitException e =
                assertThrows(DavitException.class, () -> host.plugin.info(OciPlugin.ANY, LONG));
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("older than"), e.getMessage());
        host.plugin.close();
        host.plugin = new OciPlugin(policy(Settings.Vulnerable.WARN, old));
        String warning = host.plugin.info(OciPlugin.ANY, LONG).attributes().get("warning");
        assertTrue(warning.contains("older than"), warning);
        host.plugin.close();
        host.plugin = new OciPlugin(policy(Settings.Vulnerable.IGNORE, old));
        assertFalse(host.plugin.info(OciPlugin.ANY, LONG).attributes().containsKey("warning"));
    }

    @Test
    void a_plugin_that_was_stopped_refuses_calls() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        OciPlugin stopped = new OciPlugin(TestHost.settings("runc"));
        stopped.close();
        assertKind(Kind.UNAVAILABLE, () -> stopped.start(context, LONG));
    }

    @Test
    void what_tasks_write_is_declared_to_be_kept() throws Exception {
        Set<String> features = host.plugin.info(OciPlugin.ANY, LONG).features();
        assertTrue(features.contains("output.kept"), features.toString());
    }
}

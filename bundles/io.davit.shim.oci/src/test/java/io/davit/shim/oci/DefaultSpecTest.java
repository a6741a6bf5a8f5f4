package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.task.Stdio;
import io.davit.oci.SpecBuilder;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.List;

/** Davit's own default specification and those of other tools. */
class DefaultSpecTest extends OciTest {
    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void the_strict_default_runs(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"), runtime);
        String json =
                SpecBuilder.linux()
                        .args(List.of("/bin/sh", "-c", "echo hello; ls /proc/1/fd >/dev/null"))
                        .root(host.rootfs.toString(), true)
                        .field(host.cgroup + "/t1", "linux", "cgroupsPath")
                        .build()
                        .json();
        Files.writeString(context.bundle().config(), json);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ShimInstance shim = host.run(context, Stdio.streams(null, out, err));
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status(), err.toString());
        assertEquals("hello\n", out.toString());
        shim.delete(INIT, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_bundle_of_another_tool_runs_unchanged(String runtime) throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"), runtime);
        Files.delete(context.bundle().config());
        Process spec =
                new ProcessBuilder("runc", "spec")
                        .directory(context.bundle().path().toFile())
                        .start();
        assertEquals(0, spec.waitFor());
        Files.delete(context.bundle().rootfs());
        Files.createSymbolicLink(context.bundle().rootfs(), host.rootfs);
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        Stdio stdio =
                new Stdio(
                        new Stdio.FromStream(
                                new java.io.ByteArrayInputStream(
                                        "echo $((40+2)); exit 3\n".getBytes())),
                        new Stdio.ToStream(screen),
                        new Stdio.None(),
                        true);
        ShimInstance shim = host.run(context, stdio);
        assertEquals(3, shim.await(INIT, LONG).orElseThrow().status());
        assertTrue(screen.toString().contains("42"), screen.toString());
        shim.delete(INIT, LONG);
        TestHost.removeDefaultGroups();
    }
}

package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Stdio;
import io.davit.linux.MountTable;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Root filesystems that the shim mounts. */
class RootfsTest extends OciTest {
    private Mount overlay() throws Exception {
        Path upper = Files.createDirectories(host.root.resolve("upper"));
        Path work = Files.createDirectories(host.root.resolve("work"));
        return Mount.of(
                "overlay",
                "overlay",
                "lowerdir=" + host.rootfs,
                "upperdir=" + upper,
                "workdir=" + work);
    }

    private static CreateShimTask request(Stdio stdio, Mount... mounts) {
        return new CreateShimTask(List.of(mounts), stdio, Optional.empty(), Optional.empty());
    }

    private static int mounted(TestContext context) throws Exception {
        return MountTable.read().below(context.bundle().rootfs().toString()).size();
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void an_overlay_is_mounted_written_to_and_unmounted(String runtime) throws Exception {
        TestSpec spec = TestSpec.shell("echo kept > /file").writable();
        TestContext context = host.bundle("t1", spec, runtime);
        ShimInstance shim = host.plugin.start(context, LONG);
        shim.create(request(Stdio.NONE, overlay()), LONG);
        assertEquals(1, mounted(context));
        shim.start(INIT, LONG);
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        shim.delete(INIT, LONG);
        assertEquals(0, mounted(context));
        assertEquals("kept\n", Files.readString(host.root.resolve("upper/file")));
    }

    @Test
    void a_read_only_bind_cannot_be_written_to() throws Exception {
        TestContext context =
                host.bundle("t1", TestSpec.shell("echo x > /file || echo refused").writable());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShimInstance shim = host.plugin.start(context, LONG);
        Mount bind = Mount.of("bind", host.rootfs.toString(), "rbind", "ro");
        Stdio stdio = Stdio.streams(null, out, new ByteArrayOutputStream());
        shim.create(request(stdio, bind), LONG);
        shim.start(INIT, LONG);
        shim.await(INIT, LONG).orElseThrow();
        assertEquals("refused\n", out.toString());
        shim.delete(INIT, LONG);
        assertTrue(!Files.exists(host.rootfs.resolve("file")));
    }

    @ParameterizedTest
    @ValueSource(strings = {OciPlugin.CRUN, OciPlugin.RUNC})
    void a_layer_of_its_own_takes_what_a_task_changes(String runtime) throws Exception {
        String script = "echo x > /file && rm /bin/yes && cat /file && test ! -e /bin/yes";
        String asked = ",\"annotations\":{\"io.davit.rootfs.overlay\":\"true\"}";
        TestContext context =
                host.bundle("t1", TestSpec.shell(script).writable().extra(asked), runtime);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShimInstance shim =
                host.run(context, Stdio.streams(null, out, new ByteArrayOutputStream()));
        assertEquals(0, shim.await(INIT, LONG).orElseThrow().status());
        assertEquals("x\n", out.toString());
        shim.delete(INIT, LONG);
        assertEquals(0, mounted(context));
        assertTrue(!Files.exists(host.rootfs.resolve("file")));
        assertTrue(Files.isSymbolicLink(host.rootfs.resolve("bin/yes")));
    }

    @Test
    void a_layer_above_more_than_a_directory_is_refused() throws Exception {
        String asked = ",\"annotations\":{\"io.davit.rootfs.overlay\":\"true\"}";
        TestContext context = host.bundle("t1", TestSpec.of("true").extra(asked));
        ShimInstance shim = host.plugin.start(context, LONG);
        assertKind(Kind.INVALID_ARGUMENT, () -> shim.create(request(Stdio.NONE, overlay()), LONG));
    }

    @Test
    void when_a_mount_fails_those_before_it_are_undone() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("true"));
        ShimInstance shim = host.plugin.start(context, LONG);
        Mount tmpfs = Mount.of("tmpfs", "tmpfs", "size=1m");
        Mount bad = Mount.of("no-such-type", "x");
        assertKind(Kind.INTERNAL, () -> shim.create(request(Stdio.NONE, tmpfs, bad), LONG));
        assertEquals(0, mounted(context));
        Mount outside = new Mount("tmpfs", "tmpfs", "../..", List.of());
        assertKind(
                Kind.INVALID_ARGUMENT,
                () -> shim.create(request(Stdio.NONE, tmpfs, outside), LONG));
        assertEquals(0, mounted(context));
    }

    @Test
    void a_busy_mount_and_what_is_mounted_on_it_are_taken_out() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.plugin.start(context, LONG);
        shim.create(request(Stdio.NONE, overlay()), LONG);
        Path inside = context.bundle().rootfs().resolve("tmp");
        io.davit.linux.Mounts.mount("tmpfs", inside.toString(), "tmpfs", 0, "");
        Process busy = new ProcessBuilder("sleep", "1000").directory(inside.toFile()).start();
        try {
            shim.delete(INIT, LONG);
            assertEquals(0, mounted(context));
        } finally {
            busy.destroyForcibly().waitFor();
        }
    }

    @Test
    void mounts_of_a_task_without_an_instance_are_cleaned_up() throws Exception {
        TestContext context = host.bundle("t1", TestSpec.of("sleep", "1000"));
        ShimInstance shim = host.plugin.start(context, LONG);
        shim.create(request(Stdio.NONE, overlay()), LONG);
        shim.release(true, LONG);
        host.restart();
        host.plugin.cleanUp(context, LONG);
        assertEquals(0, mounted(context));
    }
}

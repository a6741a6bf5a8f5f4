package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.api.task.TaskId;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecBuilder;
import io.davit.oci.SpecUser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What of a specification is understood, and what is refused. */
class SpecTest {
    @TempDir Path directory;

    private OciBundle bundle() {
        return new OciBundle(new TaskId(Namespace.DEFAULT, "t"), directory);
    }

    private GuestSpec read(RuntimeSpec spec) throws IOException {
        Files.writeString(directory.resolve("config.json"), spec.json());
        return SpecReader.read(bundle());
    }

    private GuestSpec read(SpecBuilder spec) throws IOException {
        return read(spec.args(List.of("/a.wasm")).build());
    }

    private void refused(String field, SpecBuilder spec) {
        DavitException refused = assertThrows(DavitException.class, () -> read(spec));
        assertEquals(Kind.NOT_IMPLEMENTED, refused.kind(), refused::getMessage);
        assertTrue(refused.getMessage().contains(field), refused::getMessage);
    }

    @Test
    void everything_that_means_something_here_is_read() throws IOException {
        GuestSpec spec =
                read(
                        SpecBuilder.wasm()
                                .args(List.of("/a.wasm"))
                                .env(List.of("A=b"))
                                .cwd("/work")
                                .root("root", true)
                                .bind("/data", "/d", true)
                                .memoryLimit(1 << 20));
        assertEquals(List.of("/a.wasm"), spec.program().arguments());
        assertEquals(List.of("A=b", "PWD=/work"), spec.program().environment());
        assertEquals("/work", spec.program().cwd());
        assertEquals(directory.resolve("root"), spec.root());
        assertTrue(spec.rootReadOnly());
        assertEquals("/data", spec.mounts().get(0).source());
        assertEquals("/d", spec.mounts().get(0).target());
        assertEquals(1 << 20, spec.memoryBytes());
    }

    @Test
    void what_is_left_out_has_a_default() throws IOException {
        GuestSpec spec = read(SpecBuilder.wasm());
        assertEquals(directory.resolve("rootfs"), spec.root());
        assertFalse(spec.rootReadOnly());
        assertEquals(-1, spec.memoryBytes());
        assertEquals(List.of(), spec.program().environment());
        assertEquals(Long.MAX_VALUE, read(SpecBuilder.wasm().memoryLimit(-1)).memoryBytes());
    }

    @Test
    void a_specification_for_a_linux_container_is_refused_with_all_its_fields_at_once() {
        SpecBuilder linux = SpecBuilder.linux().hostname("name");
        refused("spec.linux.namespaces", linux);
        refused("spec.linux.seccomp", linux);
        refused("spec.linux.maskedPaths", linux);
        refused("spec.linux.readonlyPaths", linux);
        refused("spec.process.capabilities", linux);
        refused("spec.hostname", linux);
    }

    @Test
    void each_field_that_asks_for_the_kernels_isolation_is_refused() {
        refused("spec.process.user.uid", SpecBuilder.wasm().user(SpecUser.parse("4242:0")));
        refused("spec.process.user.gid", SpecBuilder.wasm().user(SpecUser.parse("0:4242")));
        refused(
                "spec.process.user.additionalGids",
                SpecBuilder.wasm().field(List.of(5L), "process", "user", "additionalGids"));
        refused(
                "spec.linux.resources.cpu.quota",
                SpecBuilder.wasm().field(50_000L, "linux", "resources", "cpu", "quota"));
        refused(
                "spec.linux.resources.unified",
                SpecBuilder.wasm()
                        .field(Map.of("memory.high", "1"), "linux", "resources", "unified"));
        refused(
                "spec.hooks",
                SpecBuilder.wasm()
                        .field(List.of(Map.of("path", "/bin/true")), "hooks", "prestart"));
        refused(
                "spec.process.rlimits RLIMIT_CPU",
                SpecBuilder.wasm()
                        .field(
                                List.of(Map.of("type", "RLIMIT_CPU", "hard", 1L, "soft", 1L)),
                                "process",
                                "rlimits"));
        refused(
                "spec.linux.sysctl",
                SpecBuilder.wasm().field(Map.of("net.ipv4.x", "1"), "linux", "sysctl"));
        refused(
                "spec.process.selinuxLabel",
                SpecBuilder.wasm().field("label", "process", "selinuxLabel"));
    }

    @Test
    void what_a_guest_has_anyway_or_what_says_nothing_is_accepted() throws IOException {
        read(
                SpecBuilder.wasm()
                        .user(SpecUser.ROOT)
                        .pidsLimit(10)
                        .annotation("a", "b")
                        .field(true, "process", "noNewPrivileges")
                        .field(Map.of("bounding", List.of()), "process", "capabilities")
                        .field(List.of(), "linux", "namespaces")
                        .field(0L, "linux", "resources", "cpu", "quota")
                        .field("/davit/t", "linux", "cgroupsPath"));
        long uid = ((Number) Files.getAttribute(directory, "unix:uid")).longValue();
        read(SpecBuilder.wasm().user(SpecUser.parse(uid + ":0")));
    }

    @Test
    void a_further_process_is_checked_alike() {
        GuestProgram program =
                SpecReader.read(
                        new OciProcess("{\"args\":[\"#f\",\"1\"],\"cwd\":\"/\"}"), directory);
        assertEquals(List.of("#f", "1"), program.arguments());
        DavitException refused =
                assertThrows(
                        DavitException.class,
                        () ->
                                SpecReader.read(
                                        new OciProcess(
                                                "{\"args\":[\"a\"],\"cwd\":\"/\","
                                                        + "\"apparmorProfile\":\"x\"}"),
                                        directory));
        assertTrue(refused.getMessage().contains("process.apparmorProfile"), refused::getMessage);
    }

    @Test
    void a_malformed_document_is_refused() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{");
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(DavitException.class, () -> SpecReader.read(bundle())).kind());
        Files.write(directory.resolve("config.json"), new byte[(1 << 20) + 1]);
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(DavitException.class, () -> SpecReader.read(bundle())).kind());
    }
}

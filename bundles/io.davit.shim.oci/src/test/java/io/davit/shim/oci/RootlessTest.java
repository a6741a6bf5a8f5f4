package io.davit.shim.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.linux.Owner;
import io.davit.oci.Json;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecBuilder;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Containers of ordinary users. */
@Timeout(120)
class RootlessTest {
    private static final Owner USER = new Owner(1000, 100);

    private static Map<String, Object> adapt(RuntimeSpec spec) {
        return new Rootless(spec, USER, false).adapt(spec.object().tree());
    }

    @Test
    void the_user_becomes_root_inside() {
        RuntimeSpec spec = SpecBuilder.linux().args(List.of("sh")).build();
        String json = Json.write(adapt(spec));
        assertTrue(json.contains("{\"type\":\"user\"}"), json);
        RuntimeSpec after = RuntimeSpec.parse(json);
        assertEquals(1000, after.linux().orElseThrow().uidMappings().get(0).hostId());
        assertEquals(100, after.linux().orElseThrow().gidMappings().get(0).hostId());
        assertTrue(after.mounts().stream().noneMatch(m -> m.options().contains("gid=5")));
    }

    @Test
    void a_namespace_that_was_asked_for_stays_as_it_is() {
        RuntimeSpec spec =
                SpecBuilder.linux()
                        .args(List.of("sh"))
                        .userNamespace(
                                List.of(new io.davit.oci.IdMapping(0, 5000, 10)),
                                List.of(new io.davit.oci.IdMapping(0, 5000, 10)))
                        .build();
        Map<String, Object> ungrouped = Json.with(spec.object().tree(), null, "linux", "resources");
        assertTrue(Json.write(ungrouped).equals(Json.write(adapt(spec))));
    }

    @Test
    void limits_that_nobody_can_set_are_refused_by_name() {
        RuntimeSpec spec = SpecBuilder.linux().args(List.of("sh")).memoryLimit(64 << 20).build();
        DavitException e = assertThrows(DavitException.class, () -> adapt(spec));
        assertEquals(Kind.NOT_IMPLEMENTED, e.kind());
        assertTrue(e.getMessage().startsWith("spec.linux.resources.memory"), e.getMessage());
    }

    /** Copies the class path to where every user can read it. */
    private static String readableClassPath(Path to) throws IOException {
        List<String> copied = new ArrayList<>();
        String own = System.getProperty("java.class.path");
        String tests = System.getProperty("surefire.test.class.path", own);
        for (String entry : tests.split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (!Files.exists(from) || entry.contains("junit")) {
                continue;
            }
            Path copy = to.resolve(copied.size() + "-" + from.getFileName());
            try (Stream<Path> all = Files.walk(from)) {
                for (Path each : all.toList()) {
                    Path target = copy.resolve(from.relativize(each).toString());
                    Files.copy(
                            each,
                            from.equals(each) ? copy : target,
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
            copied.add(copy.toString());
        }
        return String.join(File.pathSeparator, copied);
    }

    private static void allowAll(Path root) throws Exception {
        int code = new ProcessBuilder("chmod", "-R", "a+rX", root.toString()).start().waitFor();
        assertEquals(0, code);
    }

    @Test
    void an_ordinary_user_runs_a_container() throws Exception {
        TestHost host = new TestHost();
        try {
            Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")));
            Path classes = Files.createDirectory(host.root.resolve("classes"));
            String classPath = readableClassPath(classes);
            Path home = Files.createDirectory(host.root.resolve("home"));
            allowAll(host.root);
            new ProcessBuilder("chown", "65534:65534", home.toString()).start().waitFor();
            Process java =
                    new ProcessBuilder(
                                    "/usr/bin/setpriv",
                                    "--reuid=65534",
                                    "--regid=65534",
                                    "--clear-groups",
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-Djava.io.tmpdir=" + home,
                                    "-cp",
                                    classPath,
                                    RootlessMain.class.getName(),
                                    home.toString(),
                                    host.rootfs.toString())
                            .redirectErrorStream(true)
                            .start();
            String said = new String(java.getInputStream().readAllBytes());
            assertTrue(java.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, java.exitValue(), said);
            assertTrue(said.contains("uid=0"), said);
            assertTrue(said.contains("ended with 7"), said);
        } finally {
            host.close();
        }
    }
}

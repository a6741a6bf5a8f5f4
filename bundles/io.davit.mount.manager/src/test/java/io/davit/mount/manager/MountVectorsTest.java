package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.mount.linux.MkdirTransformer;
import io.davit.mount.linux.MkfsTransformer;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Runs every vector file in the folder named by the system property {@code davit.mount.vectors}, by
 * default the copies in this bundle; the README there defines the schema.
 *
 * <p>Davit goes other ways than the original in two points that the README does not name, and both
 * are told in the report: it stores active mounts whole, and it refuses before the first mount what
 * the original finds out afterwards. A scenario that is left out is aborted with its reason.
 */
class MountVectorsTest {
    private static final String SCENARIOS = "containerd-mount-manager-scenarios/1";
    private static final String FUNCTIONS = "containerd-mount-functions/1";
    private static final List<String> MAY_DIFFER =
            List.of("source-limit", "template-optional", "encoding");

    @TestFactory
    Stream<DynamicContainer> vectors(TestReporter reporter) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder())) {
            files = found.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        assertFalse(files.isEmpty(), "no vectors in " + folder());
        List<DynamicContainer> containers = new ArrayList<>();
        for (Path file : files) {
            containers.add(
                    dynamicContainer(
                            file.getFileName().toString(), tests(Json.read(file), reporter)));
        }
        return containers.stream();
    }

    private static Path folder() {
        return Path.of(System.getProperty("davit.mount.vectors", "src/test/resources/vectors"));
    }

    private static Stream<? extends DynamicNode> tests(
            Map<String, Object> file, TestReporter reporter) {
        return switch (Json.text(file, "schema")) {
            case SCENARIOS ->
                    Json.objects(file.get("scenarios")).stream().map(s -> scenario(s, reporter));
            case FUNCTIONS -> functions(Json.objects(file.get("cases")));
            default -> Stream.of(dynamicTest("schema", () -> abort("unknown schema")));
        };
    }

    private static DynamicTest scenario(Map<String, Object> scenario, TestReporter reporter) {
        String name = Json.text(scenario, "name");
        return dynamicTest(
                name,
                () -> {
                    List<String> tags = Json.texts(scenario.get("tags"));
                    if (tags.contains("source-only")) {
                        abort("documents the original: " + Json.text(scenario, "doc"));
                    }
                    requirePrograms(Json.object(scenario.get("setup")));
                    Set<String> notes = tolerant(tags, () -> run(scenario));
                    notes.forEach(note -> reporter.publishEntry(name, note));
                });
    }

    private static Set<String> run(Map<String, Object> scenario) throws IOException {
        Path base = Files.createTempDirectory("davit-vector").toRealPath();
        try {
            return new ScenarioRun(filled(scenario, base), base, transformers()).run();
        } finally {
            delete(base);
        }
    }

    private static Map<String, MountTransformer> transformers() {
        return Map.of(
                "format",
                new FormatTransformer(),
                "mkdir",
                new MkdirTransformer(),
                "mkfs",
                new MkfsTransformer());
    }

    private static Map<String, Object> filled(Map<String, Object> scenario, Path base)
            throws IOException {
        String uid = Files.getAttribute(base, "unix:uid").toString();
        String gid = Files.getAttribute(base, "unix:gid").toString();
        UnaryOperator<String> fill =
                text ->
                        text.replace("${T}", base + "/t")
                                .replace("${R1}", base + "/r1")
                                .replace("${R2}", base + "/r2")
                                .replace("${B}", base.toString())
                                .replace("${UID}", uid)
                                .replace("${GID}", gid);
        return Json.object(Json.replaced(scenario, fill));
    }

    private static void requirePrograms(Map<String, Object> setup) {
        for (String program : Json.texts(setup.get("requires"))) {
            boolean there =
                    Stream.concat(
                                    Arrays.stream(System.getenv("PATH").split(":")),
                                    Stream.of("/usr/sbin", "/sbin"))
                            .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
            if (!there) {
                abort("needs " + program);
            }
        }
    }

    /** Runs a vector. */
    private interface Vector<T> {
        T run() throws IOException;
    }

    /** A tagged vector that Davit does not follow is told as aborted, with the difference. */
    private static <T> T tolerant(List<String> tags, Vector<T> vector) throws IOException {
        Optional<String> tag = MAY_DIFFER.stream().filter(tags::contains).findFirst();
        try {
            return vector.run();
        } catch (AssertionError e) {
            if (tag.isEmpty()) {
                throw e;
            }
            return abort(tag.get() + ", done differently: " + e.getMessage());
        }
    }

    /** The cases of functions that are here, and one node for those that are elsewhere. */
    private static Stream<DynamicTest> functions(List<Map<String, Object>> cases) {
        List<Map<String, Object>> here =
                cases.stream().filter(c -> Json.text(c, "fn").equals("format")).toList();
        int elsewhere = cases.size() - here.size();
        DynamicTest rest =
                dynamicTest(
                        elsewhere + " others",
                        () -> abort("run by MountFunctionsTest of io.davit.mount.linux"));
        return Stream.concat(
                here.stream().map(MountVectorsTest::function),
                elsewhere == 0 ? Stream.of() : Stream.of(rest));
    }

    private static DynamicTest function(Map<String, Object> function) {
        return dynamicTest(
                Json.text(function, "name"),
                () -> tolerant(Json.texts(function.get("tags")), () -> format(function)));
    }

    private static Object format(Map<String, Object> function) {
        Map<String, Object> in = Json.object(function.get("in"));
        List<ActiveMount> active =
                Json.objects(in.get("active")).stream()
                        .map(
                                a ->
                                        new ActiveMount(
                                                ScenarioValues.mount(a),
                                                Json.text(a, "mountPoint"),
                                                null,
                                                Map.of()))
                        .toList();
        Object out;
        try {
            out =
                    new FormatTransformer()
                            .transform(Mount.of("x", Json.text(in, "text")), new Seen(active))
                            .source();
        } catch (DavitException e) {
            out = Map.of("error", true);
        }
        Object expected = function.get("out");
        if (!out.equals(function.get("better"))) {
            assertEquals(expected, out);
        }
        return out;
    }

    /** A transformer's context without roots. */
    private record Seen(List<ActiveMount> active) implements TransformContext {
        @Override
        public List<Path> allowedRoots() {
            return List.of();
        }

        @Override
        public void note(String note) {
            // formatting makes nothing
        }
    }

    private static void delete(Path base) throws IOException {
        try (Stream<Path> tree = Files.walk(base)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(path);
                }
            }
        }
    }
}

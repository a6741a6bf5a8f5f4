package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs the function vectors; {@link Deviations} says where another answer is meant. */
class MountFunctionsTest {
    private static final Object ERROR = Map.of("error", true);
    private static final int TRIES = 50;

    /** A function under test; a thrown failure is the result {@link #ERROR}. */
    interface Function {
        Object apply(Object in) throws IOException;
    }

    private static final Map<String, Function> FUNCTIONS =
            Map.ofEntries(
                    Map.entry("parseMountOptions", MountFunctionsTest::parsed),
                    Map.entry("readOnly", in -> MountLists.isReadOnly(mount(in))),
                    Map.entry("readonlyMounts", in -> mounts(MountLists.readOnly(mounts(in)))),
                    Map.entry(
                            "removeVolatile", in -> mounts(MountLists.withoutVolatile(mounts(in)))),
                    Map.entry("removeIDMap", in -> mounts(MountLists.withoutIdMaps(mounts(in)))),
                    Map.entry(
                            "longestCommonPrefix",
                            in -> OverlayOptions.longestCommonPrefix(Vectors.texts(in))),
                    Map.entry("compactLowerdir", MountFunctionsTest::compacted),
                    Map.entry(
                            "commonDirectory",
                            in -> OverlayOptions.commonDirectory(Vectors.texts(in))),
                    Map.entry("idmappedPaths", MountFunctionsTest::idMappedPaths),
                    Map.entry("parseIDMappings", MountFunctionsTest::idMappings),
                    Map.entry("ramInBytes", in -> ByteSize.parse((String) in)),
                    Map.entry("mountPlan", MountFunctionsTest::mountPlan),
                    Map.entry("unmountPlan", MountFunctionsTest::unmountPlan),
                    Map.entry("loopRetry", MountFunctionsTest::loopRetry));

    @TestFactory
    Stream<DynamicTest> vectors() throws IOException {
        // Templates belong to the transformer of that name, which is the manager's.
        return Vectors.cases().stream()
                .filter(one -> !one.function().equals("format"))
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    }

    @Test
    void every_function_of_the_vectors_is_known() throws IOException {
        for (Vectors.Case one : Vectors.cases()) {
            assertTrue(
                    one.function().equals("format") || FUNCTIONS.containsKey(one.function()),
                    one.function());
        }
    }

    private static void check(Vectors.Case one) throws IOException {
        Object result;
        try {
            result = FUNCTIONS.get(one.function()).apply(one.in());
        } catch (IOException | DavitException e) {
            result = ERROR;
        }
        if (!one.accepts(result)) {
            assertEquals(expected(one), result, one.toString());
        }
    }

    private static Object expected(Vectors.Case one) {
        Object out = one.values().get("out");
        return switch (one.function()) {
            case "parseMountOptions" -> Deviations.options(out);
            case "mountPlan" -> Deviations.calls(Vectors.object(one.in()), out);
            default -> out;
        };
    }

    private static Object parsed(Object in) {
        MountOptions options = MountOptions.parse(Vectors.texts(in));
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("flags", options.flags());
        out.put("data", options.data());
        out.put("loop", options.loop());
        out.put("uidmap", options.uidMap());
        out.put("gidmap", options.gidMap());
        return out;
    }

    private static Mount mount(Object in) {
        Map<String, Object> map = Vectors.object(in);
        List<String> options = new ArrayList<>(Vectors.texts(map.get("options")));
        if (map.containsKey("lowerdirs")) {
            String format = (String) map.get("lowerdirFormat");
            options.add(
                    IntStream.range(0, ((Long) map.get("lowerdirs")).intValue())
                            .mapToObj(i -> format.replace("%d", String.valueOf(i)))
                            .collect(Collectors.joining(":", "lowerdir=", "")));
        }
        return new Mount(
                (String) map.get("type"),
                (String) map.get("source"),
                (String) map.get("target"),
                options);
    }

    private static List<Mount> mounts(Object in) {
        return ((List<?>) in).stream().map(MountFunctionsTest::mount).toList();
    }

    private static Object mounts(List<Mount> mounts) {
        List<Object> out = new ArrayList<>();
        for (Mount mount : mounts) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("type", mount.type());
            map.put("options", mount.options());
            if (!mount.source().isEmpty()) {
                map.put("source", mount.source());
            }
            if (!mount.target().isEmpty()) {
                map.put("target", mount.target());
            }
            out.add(map);
        }
        return out;
    }

    private static Object compacted(Object in) {
        OverlayOptions.Compacted compacted = OverlayOptions.compact(Vectors.texts(in));
        return Map.of("chdir", compacted.workingDirectory(), "options", compacted.options());
    }

    private static Object idMappedPaths(Object in) {
        Map<String, Object> map = Vectors.object(in);
        return OverlayOptions.below(
                Vectors.texts(map.get("lowerdirs")),
                (String) map.get("common"),
                (String) map.get("mapped"));
    }

    private static Object idMappings(Object in) {
        List<Object> out = new ArrayList<>();
        for (IdMapping run : IdMapping.parse((String) in)) {
            out.add(
                    Map.of(
                            "containerId",
                            run.containerId(),
                            "hostId",
                            run.hostId(),
                            "size",
                            run.size()));
        }
        return out;
    }

    private static Object mountPlan(Object in) {
        Map<String, Object> map = Vectors.object(in);
        FakeKernel kernel = new FakeKernel(map);
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("calls", kernel.calls);
        try {
            Mount mount = mount(map.get("mount"));
            MountPlace at = new MountPlace((String) map.get("at"), mount.target());
            new MountSequence(kernel).mount(mount, at);
        } catch (IOException | DavitException e) {
            out.put("error", true);
        }
        return out;
    }

    /** Gives results one after the other, {@code X*n} meaning n times X. */
    private static Iterator<String> results(Object in, String key, String otherwise) {
        List<String> all = new ArrayList<>();
        Object list = Vectors.object(in).get(key);
        if (list != null) {
            for (Object one : (List<?>) list) {
                String[] parts = String.valueOf(one).split("\\*");
                int times = parts.length == 1 ? 1 : Integer.parseInt(parts[1]);
                all.addAll(java.util.Collections.nCopies(times, parts[0]));
            }
        }
        Iterator<String> given = all.iterator();
        return Stream.generate(() -> given.hasNext() ? given.next() : otherwise).iterator();
    }

    private static void failUnlessOk(String result) throws LinuxException {
        if (!result.equals("OK")) {
            throw new LinuxException(Errno.valueOf(result), "fake", "", "");
        }
    }

    private static Object unmountPlan(Object in) {
        Map<String, Object> map = Vectors.object(in);
        Map<String, Object> out =
                new LinkedHashMap<>(Map.of("syscalls", 0L, "fusermounts", 0L, "sleeps", 0L));
        Iterator<String> results = results(in, "results", "EINVAL");
        Iterator<String> fuse = results(in, "fuse", "false");
        Iterator<String> helper = results(in, "fusermount", "OK");
        UnmountKernel kernel =
                new UnmountKernel() {
                    @Override
                    public void unmount(String path) throws IOException {
                        count("syscalls");
                        failUnlessOk(results.next());
                    }

                    @Override
                    public boolean isFuse(String path) {
                        return fuse.next().equals("true");
                    }

                    @Override
                    public boolean fuseUnmount(String path) {
                        count("fusermounts");
                        return helper.next().equals("OK");
                    }

                    @Override
                    public boolean exists(String path) {
                        return !Boolean.FALSE.equals(map.get("exists"));
                    }

                    @Override
                    public void pause() {
                        count("sleeps");
                    }

                    private void count(String what) {
                        out.merge(what, 1L, (a, b) -> (Long) a + (Long) b);
                    }
                };
        String path = Boolean.TRUE.equals(map.get("emptyPath")) ? "" : "/T";
        out.put("error", null);
        try {
            if (map.get("fn").equals("unmountAll")) {
                new Unmounter(kernel, TRIES).all(path);
            } else {
                new Unmounter(kernel, TRIES).one(path);
            }
        } catch (LinuxException e) {
            out.put("error", e.errno().name());
        } catch (IOException e) {
            out.put("error", "error");
        }
        return out;
    }

    private static Object loopRetry(Object in) {
        Map<String, Object> out = new LinkedHashMap<>(Map.of("attempts", 0L, "sleeps", 0L));
        Iterator<String> free = results(in, "free", "OK");
        Iterator<String> results = results(in, "results", "OK");
        LoopAttacher.Devices<Integer> devices =
                new LoopAttacher.Devices<>() {
                    @Override
                    public int free() throws IOException {
                        failUnlessOk(free.next());
                        return 7;
                    }

                    @Override
                    public Integer attach(int number) throws IOException {
                        out.merge("attempts", 1L, (a, b) -> (Long) a + (Long) b);
                        failUnlessOk(results.next());
                        return number;
                    }

                    @Override
                    public void pause(int attempt) {
                        out.merge("sleeps", 1L, (a, b) -> (Long) a + (Long) b);
                    }
                };
        try {
            assertEquals(7, new LoopAttacher<>(devices).attach());
        } catch (IOException e) {
            out.put("error", true);
        }
        return out;
    }

    @Test
    void a_step_that_fails_takes_the_mount_back() {
        Map<String, Object> in =
                Map.of(
                        "at",
                        "/T",
                        "failCall",
                        2L,
                        "mount",
                        Map.of("type", "bind", "source", "/s", "options", List.of("bind", "ro")));
        FakeKernel kernel = new FakeKernel(in);
        Mount mount = mount(in.get("mount"));
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class,
                () -> new MountSequence(kernel).mount(mount, new MountPlace("/T", "")));
        assertEquals(List.of("/T"), kernel.undone);
    }

    @Test
    void a_remount_that_fails_takes_nothing_back() {
        Map<String, Object> in =
                Map.of(
                        "at",
                        "/T",
                        "failCall",
                        1L,
                        "mount",
                        Map.of("type", "bind", "options", List.of("remount", "bind", "ro")));
        FakeKernel kernel = new FakeKernel(in);
        Mount mount = mount(in.get("mount"));
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class,
                () -> new MountSequence(kernel).mount(mount, new MountPlace("/T", "")));
        assertTrue(kernel.undone.isEmpty());
    }

    @Test
    void propagation_has_calls_of_its_own() throws IOException {
        FakeKernel kernel = new FakeKernel(Map.of());
        new MountSequence(kernel)
                .mount(
                        Mount.of("bind", "/s", "rbind", "rslave", "shared"),
                        new MountPlace("/T", ""));
        List<Object> flags = new ArrayList<>();
        kernel.calls.forEach(call -> flags.add(Vectors.object(call).get("flags")));
        assertEquals(List.of(0x5000L, 0x84000L, 0x100000L), flags);
        assertFalse(kernel.calls.toString().contains("rslave"));
    }
}

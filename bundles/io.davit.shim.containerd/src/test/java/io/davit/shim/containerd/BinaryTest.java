package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.shim.containerd.wire.Types;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Binaries: their names, where they are, whether they are safe, and what they say. */
class BinaryTest {
    @TempDir Path directory;

    @Test
    void runtimes_and_binaries_are_named_after_each_other() {
        assertEquals("containerd-shim-runc-v2", BinaryName.of("io.containerd.runc.v2"));
        assertEquals("containerd-shim-v2-baz", BinaryName.of("io.foo.bar.runc2.v2.baz"));
        assertEquals("containerd-shim-a-b", BinaryName.of("a.b"));
        for (String malformed : List.of("runc", "", ".v2", "a.", "a..b", "a.b/c", "a.B", "a.b\0")) {
            assertEquals(
                    Kind.INVALID_ARGUMENT,
                    assertThrows(DavitException.class, () -> BinaryName.of(malformed)).kind());
        }
        assertEquals(Optional.of("runc.v2"), BinaryName.ending("containerd-shim-runc-v2"));
        assertEquals(Optional.of("my-own.v1"), BinaryName.ending("containerd-shim-my-own-v1"));
        assertEquals(Optional.empty(), BinaryName.ending("containerd-shim"));
        assertEquals(Optional.empty(), BinaryName.ending("containerd-shim-runc"));
        assertEquals(Optional.empty(), BinaryName.ending("containerd-shim-runc-"));
        assertEquals(Optional.empty(), BinaryName.ending("runc-v2"));
    }

    @Test
    void a_name_is_looked_for_in_order_and_a_path_only_if_it_is_listed() throws Exception {
        Path first = Files.createDirectory(directory.resolve("one"));
        Path second = Files.createDirectory(directory.resolve("two"));
        Path binary = binary(second.resolve("containerd-shim-runc-v2"));
        Path other = binary(directory.resolve("my-shim"));
        BinarySearch search = new BinarySearch(settings(List.of(first, second), Set.of(other)));
        assertEquals(binary.toRealPath(), search.require("io.containerd.runc.v2").path());
        Path better = binary(first.resolve("containerd-shim-runc-v2"));
        assertEquals(better.toRealPath(), search.require("some.where.runc.v2").path());
        assertEquals(Map.of("runc.v2", better), search.all());
        assertEquals(other.toRealPath(), search.require(other.toString()).path());
        assertEquals(Kind.PERMISSION_DENIED, refusal(search, "/bin/sh").kind());
        DavitException missing = refusal(search, "io.containerd.nosuch.v1");
        assertEquals(Kind.NOT_FOUND, missing.kind());
        assertTrue(missing.getMessage().contains("containerd-shim-nosuch-v1 not in PATH"));
        assertTrue(missing.getMessage().contains(first.toString()));
    }

    private static DavitException refusal(BinarySearch search, String runtime) {
        return assertThrows(DavitException.class, () -> search.require(runtime));
    }

    @Test
    void a_binary_that_others_could_change_is_refused() throws Exception {
        Path binary = binary(directory.resolve("x"));
        ShimBinary.require(binary);
        binary.toFile().setWritable(true, false);
        assertEquals(Kind.PERMISSION_DENIED, refusal(binary));
        binary.toFile().setWritable(false, false);
        Path open = Files.createDirectory(directory.resolve("open"));
        Path inside = binary(open.resolve("x"));
        open.toFile().setWritable(true, false);
        assertEquals(Kind.PERMISSION_DENIED, refusal(inside));
        Path link = Files.createSymbolicLink(directory.resolve("link"), inside);
        assertEquals(Kind.PERMISSION_DENIED, refusal(link));
        assertEquals(Kind.NOT_FOUND, refusal(directory));
        assertEquals(Kind.NOT_FOUND, refusal(directory.resolve("nothing")));
    }

    private static Kind refusal(Path binary) {
        return assertThrows(DavitException.class, () -> ShimBinary.require(binary)).kind();
    }

    @Test
    void a_replaced_binary_is_another_one() throws Exception {
        Path path = directory.resolve("x");
        ShimBinary before = ShimBinary.require(binary(path));
        assertEquals(before, ShimBinary.require(path));
        Files.delete(path);
        assertNotEquals(before, ShimBinary.require(binary(path)));
    }

    @Test
    void facts_are_read_from_what_a_binary_says() {
        ShimBinary binary = new ShimBinary(Path.of("/x"), "1");
        String features = "{\"linux\":{\"mountExtensions\":{\"idmap\":{\"enabled\":true}}}}";
        Types.RuntimeInfo info =
                Types.RuntimeInfo.newBuilder()
                        .setName("io.containerd.x.v1")
                        .putAnnotations(
                                "containerd.io/runtime-allow-mounts", "mkdir/*,format/erofs")
                        .setFeatures(Any.newBuilder().setValue(ByteString.copyFromUtf8(features)))
                        .build();
        BinaryFacts facts = BinaryFacts.of(binary, said(0, info.toByteArray()));
        assertEquals(BinaryFacts.Generation.NEW, facts.generation());
        assertEquals(Set.of("mkdir/*", "format/erofs"), facts.mounts());
        assertEquals(Set.of("mount.idmap"), facts.features());
        assertEquals(
                BinaryFacts.Generation.OLD,
                BinaryFacts.of(binary, said(2, new byte[0])).generation());
        assertEquals(
                BinaryFacts.Generation.UNKNOWN,
                BinaryFacts.of(binary, said(1, new byte[0])).generation());
        assertEquals(
                BinaryFacts.Generation.UNKNOWN,
                BinaryFacts.of(binary, said(0, new byte[] {(byte) 0xff})).generation());
        assertEquals(Set.of("mkdir/*", "format/erofs", "x"), facts.claiming(Set.of("x")).mounts());
    }

    private static HelperProcess.Result said(int code, byte[] out) {
        return new HelperProcess.Result(code, out, "");
    }

    @Test
    void settings_that_cannot_work_are_refused() {
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(
                                DavitException.class,
                                () -> settings(List.of(Path.of("relative")), Set.of()))
                        .kind());
        assertThrows(
                DavitException.class,
                () ->
                        new Settings(
                                List.of(),
                                Set.of(),
                                Path.of("/" + "x".repeat(41)),
                                "test",
                                Set.of(),
                                Map.of(),
                                false,
                                times()));
        assertThrows(
                DavitException.class,
                () ->
                        new Settings.Times(
                                Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        assertThrows(DavitException.class, () -> Settings.variables(new String[] {"=x"}));
        assertEquals(Map.of("A", "b=c"), Settings.variables(new String[] {"A=b=c"}));
        assertEquals(
                List.of(Path.of("/a"), Path.of("/b")), Settings.searchPath("/a:.:/b::/a:relative"));
    }

    @Test
    void sockets_lie_where_there_is_room_for_their_names_also_for_ordinary_users() {
        Map<String, String> none = Map.of();
        assertEquals(Path.of("/run/davit/containerd"), Settings.usualRun(none, "root"));
        assertEquals(Path.of("/tmp/davit-ann/c"), Settings.usualRun(none, "ann"));
        assertEquals(
                Path.of("/run/user/7/davit/c"),
                Settings.usualRun(Map.of("XDG_RUNTIME_DIR", "/run/user/7"), "ann"));
        assertNotEquals(Settings.owner("/run/davit"), Settings.owner("/run/davit/runs/1/state"));
    }

    private static Settings.Times times() {
        Duration second = Duration.ofSeconds(1);
        return new Settings.Times(second, second, second, second);
    }

    private static Settings settings(List<Path> directories, Set<Path> binaries) {
        return new Settings(
                directories,
                binaries,
                Path.of("/run/x"),
                "test",
                Set.of(),
                Map.of(),
                false,
                times());
    }

    private static Path binary(Path path) throws IOException {
        Files.writeString(path, "#!/bin/sh\n");
        path.toFile().setExecutable(true);
        return path;
    }
}

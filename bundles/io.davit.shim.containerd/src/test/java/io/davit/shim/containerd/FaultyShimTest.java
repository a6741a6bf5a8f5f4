package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Stdio;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Scripts in the place of a shim that misbehave when they are started. */
@Timeout(300)
class FaultyShimTest {
    private static final String REAL = "/usr/bin/" + Generation.BINARY;
    private Path binaries;
    private World world;

    @BeforeEach
    void open() throws IOException {
        binaries = Files.createTempDirectory("davit-shim-bin");
        world = new World(binaries);
    }

    @AfterEach
    void close() throws IOException {
        world.close();
        World.delete(binaries);
    }

    /** Puts a script in the place of the shim; {@code $action} is its last argument. */
    private void script(String line) throws IOException {
        Path binary = binaries.resolve(Generation.BINARY);
        Files.deleteIfExists(binary);
        Files.writeString(
                binary,
                "#!/bin/bash\naction=${!#}\n[ \"$action\" = start ] || exec "
                        + REAL
                        + " \"$@\"\n"
                        + line
                        + "\n");
        binary.toFile().setExecutable(true);
    }

    private DavitException failure(Duration within) throws IOException {
        List<String> before = world.processes();
        TestContext context = world.bundle("t1", Spec.of("/bin/true"));
        DavitException thrown =
                assertThrows(DavitException.class, () -> world.plugin.start(context, within));
        assertTrue(thrown.getMessage().length() < 500, thrown::getMessage);
        assertEquals(before, world.processes());
        world.removed(context);
        goodAgain();
        return thrown;
    }

    /** The next good start with the same id works. */
    private void goodAgain() throws IOException {
        script("exec " + REAL + " \"$@\"");
        TestContext context = world.bundle("t1", Spec.shell("exit 3"));
        world.run(context, Stdio.NONE);
        assertEquals(3, context.awaitExit(ShimTask.INIT).status());
    }

    @Test
    void one_that_hangs_is_killed_with_what_it_started() throws Exception {
        script("sleep 3600 & exec sleep 3600");
        assertEquals(Kind.DEADLINE_EXCEEDED, failure(Duration.ofSeconds(3)).kind());
    }

    @Test
    void one_that_says_nothing_gave_no_address() throws Exception {
        script("exit 0");
        DavitException thrown = failure(World.LONG);
        assertEquals(Kind.INTERNAL, thrown.kind());
        assertEquals("protocol error: shim gave no address", thrown.getMessage());
    }

    @Test
    void one_that_talks_nonsense_is_a_protocol_error() throws Exception {
        script("cat >/dev/null; head -c 4096 /dev/urandom");
        DavitException thrown = failure(World.LONG);
        assertEquals(Kind.INTERNAL, thrown.kind());
        assertTrue(thrown.getMessage().startsWith("protocol error: "), thrown::getMessage);
    }

    @Test
    void a_warning_beside_a_good_answer_does_no_harm() throws Exception {
        script("echo 'warning: nobody minds' >&2; exec " + REAL + " \"$@\"");
        TestContext context = world.bundle("t1", Spec.of("/bin/true"));
        world.run(context, Stdio.NONE);
        assertEquals(0, context.awaitExit(ShimTask.INIT).status());
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void one_that_never_stops_talking_is_cut_off(int output) throws Exception {
        script("exec yes >&" + output);
        DavitException thrown = failure(World.LONG);
        assertEquals(Kind.INTERNAL, thrown.kind());
        assertTrue(thrown.getMessage().contains("said more than 65536 bytes"));
    }

    @Test
    void one_that_fails_is_quoted() throws Exception {
        script("echo 'out of order' >&2; exit 4");
        DavitException thrown = failure(World.LONG);
        assertEquals(Kind.INTERNAL, thrown.kind());
        assertTrue(thrown.getMessage().contains("exit=4 said=\"out of order\""));
    }

    @Test
    void one_that_starts_a_shim_and_fails_leaves_no_shim() throws Exception {
        script(REAL + " \"$@\"; exit 1");
        assertEquals(Kind.INTERNAL, failure(World.LONG).kind());
    }

    @Test
    void one_that_starts_a_shim_and_hangs_leaves_no_shim() throws Exception {
        script(REAL + " \"$@\"; exec sleep 3600");
        assertEquals(Kind.DEADLINE_EXCEEDED, failure(Duration.ofSeconds(5)).kind());
    }

    @Test
    void a_slow_one_is_waited_for() throws Exception {
        script("answer=$(" + REAL + " \"$@\") && sleep 1 && echo -n \"$answer\"");
        TestContext context = world.bundle("t1", Spec.of("/bin/true"));
        world.run(context, Stdio.NONE);
        assertEquals(0, context.awaitExit(ShimTask.INIT).status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"version\":3,\"address\":\"unix:///x\",\"protocol\":\"grpc\"} | NOT_IMPLEMENTED | \"grpc\"",
                "{\"version\":4,\"address\":\"unix:///x\",\"protocol\":\"ttrpc\"} | NOT_IMPLEMENTED | version=4",
                "{\"version\":1,\"address\":\"unix:///x\",\"protocol\":\"ttrpc\"} | INTERNAL | version=1",
                "{\"version\":3,\"version\":2} | INTERNAL | malformed",
                "vsock://3:1024 | NOT_IMPLEMENTED | vsock://3:1024",
                "tcp://127.0.0.1:80 | NOT_IMPLEMENTED | tcp://127.0.0.1:80",
                "abstract | INTERNAL | abstract",
                "/run/containerd/s/x | INTERNAL | /run/containerd/s/x",
                "unix:///run/containerd/s/x | INTERNAL | outside",
                "unix:///tmp/x | INTERNAL | outside",
                "unix:///run/containerd/s/../s/x | INTERNAL | normal",
                "unix:///run/containerd/s/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | INTERNAL | 107"
            })
    void one_that_lies_about_its_address_is_not_believed(String answer, Kind kind, String said)
            throws Exception {
        script("echo -n '" + answer + "'");
        DavitException thrown = failure(World.LONG);
        assertEquals(kind, thrown.kind(), thrown::getMessage);
        assertTrue(thrown.getMessage().contains(said), thrown::getMessage);
    }

    @Test
    void one_that_names_a_socket_where_nobody_listens_is_not_believed() throws Exception {
        Path dead = world.settings.sockets().resolve("dead");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(dead));
        }
        script("echo -n unix://" + dead);
        assertEquals(Kind.NOT_FOUND, failure(World.LONG).kind());
        Files.deleteIfExists(dead);
    }

    @Test
    void a_shim_of_another_task_is_not_believed() throws Exception {
        script("exec " + REAL + " \"$@\"");
        TestContext other = world.bundle("other", Spec.of("/bin/sleep", "1000"));
        world.run(other, Stdio.NONE);
        Path socket =
                Sharing.answer(new BundleFiles(other.bundle().path()))
                        .orElseThrow()
                        .socket()
                        .orElseThrow();
        script("echo -n unix://" + socket);
        DavitException thrown = failure(World.LONG);
        assertEquals(Kind.INTERNAL, thrown.kind());
        assertEquals(List.of(), other.exits);
    }

    @Test
    void parameters_and_the_answer_of_the_newest_generation_are_understood() throws Exception {
        // Takes parameters alone, and answers with a message: version 3, address, protocol.
        Path forky = Generation.FORKY.directory().resolve(Generation.BINARY);
        script(
                "params=$(cat | base64 -w0); [ -n \"$params\" ] || { echo 'built against the new API' >&2; exit 1; }\n"
                        + "address=$("
                        + forky
                        + " \"$@\" </dev/null | sed 's/.*\"address\":\"\\([^\"]*\\)\".*/\\1/')\n"
                        + "printf '\\x08\\x03\\x12'; printf \"\\\\x$(printf %x ${#address})\"; printf '%s' \"$address\"\n"
                        + "printf '\\x1a\\x05ttrpc'");
        TestContext context = world.bundle("t1", Spec.shell("exit 9"));
        world.run(context, Stdio.NONE);
        assertEquals(9, context.awaitExit(ShimTask.INIT).status());
    }

    @Test
    void a_binary_that_is_missing_or_unsafe_is_refused_by_name() throws Exception {
        TestContext context = world.bundle("t1", Spec.of("/bin/true"));
        DavitException missing = assertThrows(DavitException.class, () -> world.start(context));
        assertEquals(Kind.NOT_FOUND, missing.kind());
        assertTrue(missing.getMessage().contains(Generation.BINARY));
        script("exit 0");
        binaries.resolve(Generation.BINARY).toFile().setWritable(true, false);
        DavitException unsafe = assertThrows(DavitException.class, () -> world.start(context));
        assertEquals(Kind.PERMISSION_DENIED, unsafe.kind());
    }
}

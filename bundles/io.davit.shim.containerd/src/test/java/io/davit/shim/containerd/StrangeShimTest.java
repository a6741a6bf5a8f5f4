package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.KillScope;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Signal;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskState;
import io.davit.spi.shim.ShimInstance;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Shims that others wrote, which do less than the stock one, or do it in another way. */
@Timeout(300)
class StrangeShimTest {
    private static final String INIT = ShimTask.INIT;
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

    /**
     * Makes the binary of a shim that says where it will listen before it does so.
     *
     * @param socket where, for the shell
     * @param how the further arguments of {@link StrangeShim}
     */
    private void binary(String socket, String how) throws IOException {
        Path binary = binaries.resolve(Generation.BINARY);
        Files.writeString(
                binary,
                "#!/bin/bash\n"
                        + "[ \"${!#}\" = -info ] && { echo 'no such flag' >&2; exit 1; }\n"
                        + "[ \"${!#}\" = start ] || exit 0\n"
                        + "socket="
                        + socket
                        + "\n"
                        + "setsid "
                        + StrangeShim.command()
                        + " \"$socket\" "
                        + how
                        + " </dev/null >/dev/null 2>&1 &\n"
                        + "echo \"unix://$socket\"\n");
        binary.toFile().setExecutable(true);
    }

    private Exit runs(String line, int status) throws Exception {
        TestContext context = world.bundle("t1", Spec.shell(line));
        ShimInstance shim = world.start(context);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        World.create(shim, Stdio.streams(java.io.InputStream.nullInputStream(), out, out));
        assertEquals(TaskState.CREATED, shim.status(INIT, World.LONG).state());
        assertTrue(shim.start(INIT, World.LONG) > 1);
        Exit exit = context.awaitExit(INIT);
        assertEquals(status, exit.status());
        assertEquals(TaskState.STOPPED, shim.status(INIT, World.LONG).state());
        assertEquals(exit, shim.delete(INIT, World.LONG));
        assertEquals("said\n", out.toString(StandardCharsets.UTF_8));
        shim.close(World.LONG);
        assertEquals(1, context.exits.size());
        assertEquals(java.util.List.of(), world.processes());
        return exit;
    }

    @Test
    void one_that_listens_late_in_the_bundle_and_knows_the_least() throws Exception {
        binary("$PWD/shim.sock", "Wait go");
        runs("echo said; exit 3", 3);
    }

    @Test
    void one_whose_ends_are_known_only_by_asking() throws Exception {
        binary("$PWD/shim.sock", "State,Shutdown go");
        runs("echo said; exit 4", 4);
    }

    @Test
    void one_whose_ends_are_known_only_by_its_events() throws Exception {
        binary("$PWD/shim.sock", "events,Shutdown go");
        runs("echo said; sleep 1; exit 5", 5);
    }

    @Test
    void one_with_other_words_for_what_it_does_not_know_and_other_names_of_sockets()
            throws Exception {
        binary("/run/containerd/s/$(echo $PWD | md5sum | cut -c1-16)", "Connect,Wait,State rust");
        runs("echo said; exit 6", 6);
        TestContext context = world.bundle("t2", Spec.of("/bin/sleep", "1000"));
        ShimInstance shim = world.run(context, Stdio.NONE);
        DavitException unknown = assertThrows(DavitException.class, () -> shim.metrics(World.LONG));
        assertEquals(Kind.NOT_IMPLEMENTED, unknown.kind());
    }

    @Test
    void one_that_dies_or_is_told_to_kill_leaves_nothing() throws Exception {
        binary("$PWD/shim.sock", "Wait go");
        TestContext context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
        ShimInstance shim = world.run(context, Stdio.NONE);
        shim.kill(INIT, Signal.KILL, KillScope.ALL, World.LONG);
        assertEquals(137, context.awaitExit(INIT).status());
        TestContext other = world.bundle("t2", Spec.of("/bin/sleep", "1000"));
        world.run(other, Stdio.NONE);
        HostProcess process =
                world.host.find(other.bundle().id()).orElseThrow().record().shim().orElseThrow();
        process.kill(World.LONG);
        Exit lost = other.awaitExit(INIT);
        assertEquals(Exit.because(lost.pid(), 137, lost.at(), Exit.SHIM_LOST), lost);
    }

    @Test
    void a_task_is_found_again() throws Exception {
        binary("$PWD/shim.sock", "Connect,Wait,State,Shutdown rust");
        TestContext context = world.bundle("t1", Spec.shell("sleep 2; exit 8"));
        world.run(context, Stdio.NONE);
        world.restart();
        TestContext again = context.again();
        world.plugin.recover(again, World.LONG);
        assertEquals(8, again.awaitExit(INIT).status());
    }
}

package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A container that somebody else runs, with its state where stock shims usually keep it. */
record Neighbour(Path state, String id, Path bundle) implements AutoCloseable {
    static Neighbour start(World world, Path state, String id) throws Exception {
        Path bundle = Files.createDirectory(world.rootfs.resolveSibling("neighbour"));
        String group = "/" + Busybox.GROUPS + "/" + world.namespace.name() + "/neighbour";
        Files.writeString(
                bundle.resolve("config.json"),
                Spec.of("/bin/sleep", "1000").json(world.rootfs.toString(), group));
        Neighbour neighbour = new Neighbour(state, id, bundle);
        neighbour.runc("run", "--detach", "--bundle", bundle.toString(), id);
        return neighbour;
    }

    boolean isRunning() throws Exception {
        return runc("state", id).contains("\"status\": \"running\"");
    }

    private String runc(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("runc", "--root", state.toString()));
        command.addAll(List.of(args));
        Path said = bundle.resolve("said");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "runc does not end");
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    @Override
    public void close() throws IOException {
        try {
            runc("delete", "--force", id);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while deleting " + id);
        }
        Files.deleteIfExists(state);
        World.delete(bundle);
    }
}

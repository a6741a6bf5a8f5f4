package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.oci.Json;
import io.davit.spi.shim.ShimPlugin;
import io.davit.testkit.Guest;
import io.davit.testkit.ShimPluginContract;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Guests in containers of a real shim. */
abstract class ContainerdContract extends ShimPluginContract {
    private static final Duration TIME = Duration.ofSeconds(10);
    private final Generation generation;

    /** What the plugin that is open runs on. */
    private LateHost host;

    /** Where the stock shim keeps the state of containers; it leaves the empty directory. */
    private Path containers;

    ContainerdContract(Generation generation) {
        this.generation = generation;
    }

    @Override
    protected ShimPlugin open(Path state) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "not root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")), "runc is not installed");
        containers = Path.of("/run/containerd/runc").resolve(state.getParent().getFileName());
        host =
                new LateHost(
                        new Settings(
                                List.of(generation.directory()),
                                Set.of(),
                                state.resolve("r"),
                                "contract",
                                Set.of(),
                                Map.of(),
                                false,
                                new Settings.Times(TIME, Duration.ofSeconds(2), TIME, TIME)));
        return new ContainerdPlugin(host);
    }

    @Override
    protected void close(ShimPlugin open) throws IOException {
        host.close();
        try {
            Files.deleteIfExists(containers);
        } catch (DirectoryNotEmptyException ignored) {
            // a successor comes for what runs
        }
    }

    @Override
    protected String runtime() {
        return World.RUNTIME;
    }

    @Override
    protected void fill(OciBundle bundle, Guest guest) throws IOException {
        if (!Files.exists(bundle.rootfs().resolve("bin"))) {
            Busybox.rootfs(bundle.rootfs());
        }
        Spec spec = Spec.of(guest.shell().toArray(new String[0])).at("rootfs");
        String group = "/" + bundle.id().namespace().name() + "-" + bundle.id().id();
        Files.writeString(
                bundle.config(),
                (guest.terminal() ? spec.withTerminal() : spec).json("rootfs", group));
    }

    @Override
    protected OciProcess process(Guest guest) {
        return new OciProcess(Json.write(Spec.process(guest.terminal(), guest.shell())));
    }
}

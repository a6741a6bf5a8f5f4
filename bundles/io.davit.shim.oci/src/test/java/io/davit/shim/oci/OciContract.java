package io.davit.shim.oci;

import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.spi.shim.ShimPlugin;
import io.davit.testkit.Guest;
import io.davit.testkit.ShimPluginContract;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Guests in real containers. */
abstract class OciContract extends ShimPluginContract {
    @Override
    protected ShimPlugin open(Path state) {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String program : new String[] {"/usr/bin/conmon", "/bin/busybox"}) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
        return new OciPlugin(TestHost.settings("crun", "runc"));
    }

    @Override
    protected void close(ShimPlugin open) {
        ((OciPlugin) open).close();
    }

    @Override
    protected void fill(OciBundle bundle, Guest guest) throws IOException {
        if (!Files.exists(bundle.rootfs().resolve("bin"))) {
            TestHost.makeRootfs(bundle.rootfs());
        }
        TestSpec spec = TestSpec.of(guest.shell().toArray(String[]::new));
        String group = "/" + bundle.id().namespace().name() + "-" + bundle.id().id();
        Files.writeString(
                bundle.config(),
                (guest.terminal() ? spec.terminal() : spec)
                        .json(bundle.rootfs().toString(), group));
    }

    @Override
    protected OciProcess process(Guest guest) {
        return new OciProcess(TestSpec.process(guest.terminal(), guest.shell()));
    }
}

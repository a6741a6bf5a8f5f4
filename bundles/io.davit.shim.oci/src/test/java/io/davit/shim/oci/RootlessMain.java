package io.davit.shim.oci;

import io.davit.api.mount.Mount;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.oci.SpecBuilder;
import io.davit.spi.shim.ShimInstance;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs one container as whoever started this program, for a test that starts it as a user. */
final class RootlessMain {
    private static final Duration LONG = Duration.ofSeconds(30);

    private RootlessMain() {}

    public static void main(String[] args) throws Exception {
        OciPlugin plugin = new OciPlugin(TestHost.settings("crun", "runc"));
        System.out.println(plugin.info(OciPlugin.ANY, LONG));
        Path bundle = Path.of(args[0], "t1");
        Files.createDirectories(bundle.resolve("rootfs"));
        String json =
                SpecBuilder.linux()
                        .args(List.of("/bin/sh", "-c", "id; exit 7"))
                        .root("rootfs", true)
                        .build()
                        .json();
        Files.writeString(bundle.resolve("config.json"), json);
        TestContext context =
                new TestContext(new OciBundle(TaskId.of("t1"), bundle), OciPlugin.ANY);
        ShimInstance shim = plugin.start(context, LONG);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Mount rootfs = Mount.of("bind", args[1], "rbind", "ro");
        Stdio stdio = Stdio.streams(null, out, System.err);
        CreateShimTask request =
                new CreateShimTask(List.of(rootfs), stdio, Optional.empty(), Optional.empty());
        shim.create(request, LONG);
        shim.start(ShimInstance.INIT, LONG);
        Exit exit = shim.await(ShimInstance.INIT, LONG).orElseThrow();
        System.out.print(out);
        System.out.println("ended with " + exit.status());
        System.out.println(shim.processes(LONG));
        shim.delete(ShimInstance.INIT, LONG);
        plugin.close();
    }
}

package io.davit.shim.wasm;

import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.oci.Json;
import io.davit.oci.SpecBuilder;
import io.davit.spi.shim.ShimPlugin;
import io.davit.testkit.Guest;
import io.davit.testkit.ShimAbility;
import io.davit.testkit.ShimPluginContract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every plugin owes, and what a module inside the JVM cannot do. */
class ContractTest extends ShimPluginContract {
    @Override
    protected ShimPlugin open(Path state) {
        return new WasmShimPlugin(
                new TestConfig().with("cache_dir", state.resolve("cache").toString()).make());
    }

    @Override
    protected void close(ShimPlugin open) {
        ((WasmShimPlugin) open).close();
    }

    @Override
    protected String runtime() {
        return WasmShimPlugin.RUNTIME;
    }

    @Override
    protected Set<ShimAbility> lacks() {
        return EnumSet.of(
                ShimAbility.TERMINAL,
                ShimAbility.ATTACH,
                ShimAbility.CHECKPOINT,
                ShimAbility.OUTLIVING);
    }

    @Override
    protected void fill(OciBundle bundle, Guest guest) throws IOException {
        Files.copy(
                CProgram.module("guest"),
                bundle.rootfs().resolve("guest.wasm"),
                StandardCopyOption.REPLACE_EXISTING);
        SpecBuilder spec = SpecBuilder.wasm().args(args(guest));
        Files.writeString(bundle.config(), spec.build().json());
    }

    @Override
    protected OciProcess process(Guest guest) {
        return new OciProcess(Json.write(Map.of("args", args(guest), "cwd", "/")));
    }

    private static List<String> args(Guest guest) {
        return guest.act() == Guest.Act.MISSING
                ? guest.shell()
                : List.of("/guest.wasm", guest.act().name(), Long.toString(guest.number()));
    }
}

package io.davit.mount.manager;

import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.names.Namespace;
import io.davit.mount.linux.ErofsHandler;
import io.davit.mount.linux.Ext4Handler;
import io.davit.mount.linux.LinuxMounts;
import io.davit.mount.linux.LoopHandler;
import io.davit.mount.linux.MkdirTransformer;
import io.davit.mount.linux.MkfsTransformer;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.SystemMounts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process that activates chains of images for real, reads through them, and takes them away. */
final class ChainChild {
    private static final ActivationName NAME = new ActivationName(new Namespace("test"), "chain");

    private final Path base;
    private final MountCalls manager;

    private ChainChild(Path base) {
        this.base = base;
        SystemMounts system = new LinuxMounts();
        Catalog catalog =
                new Catalog(
                        Map.of(
                                "loop", provided(new LoopHandler()),
                                "ext4", provided(new Ext4Handler(system)),
                                "erofs", provided(new ErofsHandler(system))),
                        Map.of(
                                "format", transforms(new FormatTransformer()),
                                "mkdir", transforms(new MkdirTransformer()),
                                "mkfs", transforms(new MkfsTransformer())),
                        Optional.of(new Provider<>("linux", system)));
        manager =
                MountCalls.open(
                        new MountSettings(
                                base.resolve("journal"),
                                base.resolve("t"),
                                List.of(base.resolve("images")),
                                List.of(),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(30),
                                true),
                        () -> catalog);
    }

    private static List<Provider<MountHandler>> provided(MountHandler handler) {
        return List.of(new Provider<>(handler.getClass().getSimpleName(), handler));
    }

    private static List<Provider<MountTransformer>> transforms(MountTransformer transformer) {
        return List.of(new Provider<>(transformer.getClass().getSimpleName(), transformer));
    }

    /**
     * Runs the chains.
     *
     * @param args an empty directory
     */
    public static void main(String[] args) throws Exception {
        ChainChild child = new ChainChild(Path.of(args[0]));
        Files.createDirectory(child.base.resolve("images"));
        child.layers();
        child.device();
        child.manager.close();
        System.out.println("END");
    }

    private String layer(String name) throws IOException, InterruptedException {
        Path tree = Files.createDirectory(base.resolve("tree-" + name));
        Files.writeString(tree.resolve(name), "from " + name);
        Files.writeString(tree.resolve("both"), "from " + name);
        Path image = base.resolve("images/" + name + ".erofs");
        Process mkfs =
                new ProcessBuilder("mkfs.erofs", image.toString(), tree.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (mkfs.waitFor() != 0) {
            throw new IOException("mkfs.erofs failed");
        }
        return image.toString();
    }

    /** The shape of a snapshotter: a block for changes, layers, and an overlay over them. */
    private void layers() throws IOException, InterruptedException {
        List<Mount> mounts =
                List.of(
                        Mount.of(
                                "mkfs/ext4",
                                base.resolve("images/block.ext4").toString(),
                                "X-containerd.mkfs.size=16MiB",
                                "rw",
                                "loop"),
                        Mount.of("erofs", layer("upper"), "ro", "loop"),
                        Mount.of("erofs", layer("lower"), "ro", "loop"),
                        Mount.of(
                                "format/mkdir/overlay",
                                "overlay",
                                "X-containerd.mkdir.path={{ mount 0 }}/upper:0755",
                                "X-containerd.mkdir.path={{ mount 0 }}/work:0755",
                                "workdir={{ mount 0 }}/work",
                                "upperdir={{ mount 0 }}/upper",
                                "lowerdir={{ overlay 1 2 }}"));
        MountActivation activation = activate(mounts);
        Path merged = Path.of(activation.system().get(0).source());
        say("both", Files.readString(merged.resolve("both")));
        say("lower", Files.readString(merged.resolve("lower")));
        Files.writeString(merged.resolve("written"), "kept");
        finish();
        activation = activate(mounts);
        say("written", Files.readString(Path.of(activation.system().get(0).source(), "written")));
        finish();
    }

    /** A loop device of its own, and a filesystem on it. */
    private void device() throws IOException {
        MountActivation activation =
                activate(
                        List.of(
                                Mount.of("loop", base.resolve("images/block.ext4").toString()),
                                Mount.of("format/ext4", "{{ mount 0 }}", "ro")));
        say(
                "device",
                Files.readString(
                        Path.of(activation.active().get(1).mountPoint(), "upper/written")));
        finish();
    }

    private MountActivation activate(List<Mount> mounts) {
        return manager.activate(
                new ActivateMounts(NAME, mounts, Set.of(), true, Map.of(), Optional.empty()));
    }

    private void finish() {
        say("clean while active", "" + manager.check(false).findings());
        manager.deactivate(NAME);
        say("clean afterwards", "" + manager.check(false).findings());
    }

    private static void say(String what, String value) {
        System.out.println(what + "=" + value);
    }
}

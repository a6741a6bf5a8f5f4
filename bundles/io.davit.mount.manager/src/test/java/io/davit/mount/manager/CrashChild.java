package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountReport;
import io.davit.api.names.Namespace;
import io.davit.mount.linux.LinuxMounts;
import io.davit.mount.linux.MkdirTransformer;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.SystemMounts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process with a mount manager over real mounts, made to be killed. Says on standard output what
 * it is about to do (small letters) and what it has done (capitals).
 */
final class CrashChild {
    /** What is bound read-write into every activation, and must never lose a file. */
    static final String PRECIOUS = "precious";

    /** Where directories of activations that were never finished must be gone. */
    static final String MADE = "made";

    private static final Namespace NS = new Namespace("test");
    private static final int NAMES = 3;

    private final Path base;
    private final MountCalls manager;

    private CrashChild(Path base) {
        this.base = base;
        MountSettings settings =
                new MountSettings(
                        base.resolve("journal"),
                        base.resolve("t"),
                        List.of(base.resolve(MADE)),
                        List.of(),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        true);
        SystemMounts system = new LinuxMounts();
        Catalog catalog =
                new Catalog(
                        Map.of("held", List.of(new Provider<>("held", new HeldHandler(system)))),
                        Map.of(
                                "format",
                                List.of(new Provider<>("format", new FormatTransformer())),
                                "mkdir",
                                List.of(new Provider<>("mkdir", new MkdirTransformer()))),
                        Optional.of(new Provider<>("linux", system)));
        manager = MountCalls.open(settings, () -> catalog);
    }

    /**
     * Runs one of {@code once}, {@code fail}, {@code load}, {@code recover}.
     *
     * @param args what to do, and the directories to do it in
     */
    public static void main(String[] args) throws Exception {
        for (int i = 1; i < args.length; i++) {
            CrashChild child = new CrashChild(Path.of(args[i]));
            switch (args[0]) {
                case "once" -> child.once();
                case "fail" -> child.fail();
                case "load" -> child.load();
                default -> child.recover();
            }
            child.manager.close();
        }
        System.out.println("END");
    }

    /** A handler that mounts for real, beside the system. */
    private record HeldHandler(SystemMounts system) implements MountHandler {
        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            try {
                Files.createDirectory(Path.of(at));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            system.mount(mount.withType("tmpfs"), at);
            return new ActiveMount(mount, at, null, Map.of("k", "v"));
        }

        @Override
        public void unmount(String mountPoint) {
            system.unmount(mountPoint);
        }

        @Override
        public Optional<Boolean> isMounted(ActiveMount mount) {
            return system.mountsBelow(mount.mountPoint()).map(below -> !below.isEmpty());
        }
    }

    private ActivateMounts request(String name) {
        return ActivateMounts.of(
                        new ActivationName(NS, name),
                        List.of(
                                Mount.of("bind", base.resolve(PRECIOUS).toString(), "rbind", "rw"),
                                Mount.of("held", "h", "size=64k"),
                                Mount.of("tmpfs", "t", "size=64k"),
                                Mount.of(
                                        "format/mkdir/held",
                                        "{{ mount 2 }}",
                                        "X-containerd.mkdir.path={{ mount 2 }}/made",
                                        "X-containerd.mkdir.path=%s/%s/%s/deep:0750"
                                                .formatted(base, MADE, name)),
                                Mount.of("format/bind", "{{ mount 2 }}/made", "rbind")))
                .labelled(Map.of("io.davit.gc.bref.task", name));
    }

    private void activate(String name) {
        System.out.println("a " + name);
        long id = manager.activate(request(name)).id();
        System.out.println("A " + name + " " + id);
    }

    private void deactivate(String name) {
        System.out.println("d " + name);
        manager.deactivate(new ActivationName(NS, name));
        System.out.println("D " + name);
    }

    /** Activates and deactivates once. */
    private void once() {
        activate("a");
        deactivate("a");
    }

    /** Activates what fails at its last mount. */
    private void fail() {
        ActivateMounts good = request("a");
        List<Mount> mounts = new ArrayList<>(good.mounts());
        mounts.add(Mount.of("held", "h", "size=much"));
        try {
            manager.activate(ActivateMounts.of(good.name(), mounts));
            System.out.println("NOT REFUSED");
        } catch (DavitException expected) {
            System.out.println("F " + good.name());
        }
    }

    /** Recovers, tells what there is, and works on several names until it is killed. */
    private void load() throws IOException, InterruptedException {
        recovered();
        // first, so that nothing a worker says is taken for part of the recovery
        System.out.println("READY");
        for (int i = 0; i < NAMES; i++) {
            String name = "n" + i;
            new Thread(() -> loop(name)).start();
        }
        Thread.sleep(Duration.ofMinutes(5).toMillis());
    }

    private void loop(String name) {
        while (true) {
            if (manager.find(new ActivationName(NS, name)).isPresent()) {
                deactivate(name);
            }
            activate(name);
        }
    }

    /** Repairs, and tells what is left: nothing but what was acknowledged. */
    private void recovered() throws IOException {
        MountReport repaired = manager.check(true);
        repaired.findings().stream()
                .filter(f -> !f.repaired())
                .forEach(f -> System.out.println("NOT REPAIRED " + f));
        manager.check(false).findings().forEach(f -> System.out.println("FOUND " + f));
        for (MountActivation activation : manager.list(NS, List.of())) {
            System.out.println(
                    "S "
                            + activation.name().name()
                            + " "
                            + activation.id()
                            + " "
                            + activation.complete());
        }
        try (Stream<Path> made = Files.list(base.resolve(MADE))) {
            made.forEach(path -> System.out.println("MADE " + path));
        }
        System.out.println("RECOVERED");
    }

    /** Recovers, uses every name once more, and leaves nothing. */
    private void recover() throws IOException {
        recovered();
        for (MountActivation activation : manager.list(NS, List.of())) {
            manager.deactivate(activation.name());
        }
        for (String name : List.of("a", "n0", "n1", "n2")) {
            try {
                manager.activate(request(name));
                manager.deactivate(new ActivationName(NS, name));
            } catch (DavitException e) {
                System.out.println("NOT USABLE " + name + " " + e.getMessage());
            }
        }
        manager.check(false).findings().forEach(f -> System.out.println("FOUND " + f));
    }
}

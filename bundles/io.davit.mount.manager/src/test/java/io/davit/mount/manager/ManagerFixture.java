package io.davit.mount.manager;

import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.journal.Journal;
import io.davit.journal.JournalOptions;
import io.davit.spi.mount.MountEntry;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.SystemMounts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A manager over handlers that are functions, and a mount table that is a list. */
final class ManagerFixture implements AutoCloseable {
    static final Namespace NS = new Namespace("test");

    /**
     * Every call of a handler or of the system, in order: {@code mount /x} or {@code unmount /x}.
     */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** The fake mount table. */
    final List<MountEntry> table = new CopyOnWriteArrayList<>();

    /** Numbers of detached mounts that are still used. */
    final List<Long> held = new CopyOnWriteArrayList<>();

    private final Map<String, List<Provider<MountHandler>>> handlers = new ConcurrentHashMap<>();
    private final Map<String, List<Provider<MountTransformer>>> transformers =
            new ConcurrentHashMap<>();
    private final Path base;
    private volatile Optional<Provider<SystemMounts>> system;
    private MountCalls manager;

    ManagerFixture(Path base) {
        this.base = base;
        this.system = Optional.of(new Provider<>("system", new ListedMounts()));
        transform("format", new FormatTransformer());
        handle("noop", new Noop());
    }

    /** Opens the manager, with a journal on disk. */
    MountCalls open() {
        return open(
                replay -> Journal.open(base.resolve("journal"), JournalOptions.named("m"), replay));
    }

    MountCalls open(ActivationStore.Source source) {
        manager = MountCalls.open(settings(true), this::catalog, source);
        return manager;
    }

    MountSettings settings(boolean lazyDetach) {
        return new MountSettings(
                base.resolve("journal"),
                base.resolve("t"),
                List.of(),
                List.of(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                lazyDetach);
    }

    MountCalls restart() {
        manager.close();
        return open();
    }

    Catalog catalog() {
        return new Catalog(Map.copyOf(handlers), Map.copyOf(transformers), system);
    }

    void handle(String type, MountHandler handler) {
        handlers.put(type, List.of(new Provider<>("fake." + type, handler)));
    }

    void removeHandler(String type) {
        handlers.remove(type);
    }

    void transform(String prefix, MountTransformer transformer) {
        transformers.put(prefix, List.of(new Provider<>("fake." + prefix, transformer)));
    }

    void system(SystemMounts mounts) {
        system = Optional.ofNullable(mounts).map(s -> new Provider<>("system", s));
    }

    static ActivationName name(String name) {
        return new ActivationName(NS, name);
    }

    static ActivateMounts request(String name, Mount... mounts) {
        return ActivateMounts.of(name(name), List.of(mounts));
    }

    Path target(long id) {
        return base.resolve("t").resolve(Long.toString(id));
    }

    @Override
    public void close() {
        if (manager != null) {
            manager.close();
        }
    }

    /** A handler that only logs. */
    class Noop implements MountHandler {
        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            calls.add("mount " + mount.source());
            return new ActiveMount(mount, at, null, Map.of());
        }

        @Override
        public void unmount(String mountPoint) {
            calls.add("unmount " + Path.of(mountPoint).getFileName());
        }
    }

    /** System mounts that are lines of {@link #table}. */
    class ListedMounts implements SystemMounts {
        @Override
        public void mount(Mount mount, String at) {
            calls.add("mount " + mount.source());
            table.add(new MountEntry(table.size() + 100L, at, mount.type(), mount.source()));
        }

        @Override
        public void unmount(String mountPoint) {
            calls.add("unmount " + Path.of(mountPoint).getFileName());
            drop(mountPoint);
        }

        /** Takes the topmost layer away. */
        void drop(String mountPoint) {
            List<MountEntry> there =
                    table.stream().filter(e -> e.mountPoint().equals(mountPoint)).toList();
            if (!there.isEmpty()) {
                table.remove(there.get(there.size() - 1));
            }
        }

        @Override
        public Optional<List<MountEntry>> mountsBelow(String path) {
            List<MountEntry> below = new ArrayList<>();
            for (MountEntry entry : table) {
                if ((entry.mountPoint() + "/").startsWith(path + "/")) {
                    below.add(entry);
                }
            }
            return Optional.of(below);
        }

        @Override
        public boolean isHeld(long id) {
            return held.contains(id);
        }
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.spi.mount.MountEntry;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.SystemMounts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A handler, or the system's mounts, of a scenario: logs its calls, fails when told, reports what
 * it is told.
 */
final class FakeMounts implements MountHandler {
    private final Map<String, Object> spec;
    private final String by;
    private final CallLog log;
    private final Consumer<Map<String, Object>> nested;

    /** Guarded by this. */
    private int mounts;

    /** Guarded by this. */
    private int unmounts;

    /**
     * Makes a fake.
     *
     * @param spec the handler as the scenario describes it
     * @param nested performs a step inside a call
     */
    FakeMounts(
            Map<String, Object> spec,
            String by,
            CallLog log,
            Consumer<Map<String, Object>> nested) {
        this.spec = spec;
        this.by = by;
        this.log = log;
        this.nested = nested;
    }

    /** This as the system's mounts, which have no results and see no earlier mounts. */
    SystemMounts asSystem() {
        return new Listed();
    }

    /** System mounts with a mount table. */
    private final class Listed implements SystemMounts {
        private final List<MountEntry> table = new CopyOnWriteArrayList<>();

        @Override
        public void mount(Mount mount, String at) {
            perform(mount, at, List.of());
            table.add(new MountEntry(1, at, mount.type(), mount.source()));
        }

        @Override
        public void unmount(String mountPoint) {
            FakeMounts.this.unmount(mountPoint);
            table.removeIf(entry -> entry.mountPoint().equals(mountPoint));
        }

        @Override
        public Optional<List<MountEntry>> mountsBelow(String path) {
            return Optional.of(
                    table.stream()
                            .filter(entry -> (entry.mountPoint() + "/").startsWith(path + "/"))
                            .toList());
        }
    }

    @Override
    public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
        int call = perform(mount, at, before.stream().map(ActiveMount::mountPoint).toList());
        return reported(mount, at, call);
    }

    private int perform(Mount mount, String at, List<String> seen) {
        int call = nextMount();
        boolean fails = Json.numbers(spec.get("failMount")).contains(call);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("op", "mount");
        entry.put("by", by);
        entry.putAll(ScenarioValues.mount(mount));
        entry.put("at", at);
        putUnlessEmpty(entry, "seen", seen);
        if (fails) {
            entry.put("failed", true);
        }
        log.add(entry);
        pause();
        Json.objects(Json.object(spec.get("during")).get(Integer.toString(call))).forEach(nested);
        if (fails) {
            throw refused("mount " + call);
        }
        create(Path.of(at));
        return call;
    }

    private static void putUnlessEmpty(Map<String, Object> entry, String key, List<String> value) {
        if (!value.isEmpty()) {
            entry.put(key, value);
        }
    }

    private synchronized int nextMount() {
        return ++mounts;
    }

    private synchronized int nextUnmount() {
        return ++unmounts;
    }

    private void pause() {
        try {
            Thread.sleep(Json.number(spec, "delayMs", 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted", e);
        }
    }

    private ActiveMount reported(Mount mount, String at, int call) {
        Map<String, Object> result = Json.object(spec.get("result"));
        Mount reported =
                new Mount(
                        value(result, "type", mount.type(), mount, at, call),
                        value(result, "source", mount.source(), mount, at, call),
                        value(result, "target", mount.target(), mount, at, call),
                        mount.options());
        Map<String, String> data = new LinkedHashMap<>();
        Json.object(result.get("data"))
                .forEach((k, v) -> data.put(k, filled((String) v, mount, at, call)));
        return new ActiveMount(
                reported,
                value(result, "mountPoint", at, mount, at, call),
                Json.truth(result, "noMountedAt") ? null : Instant.now(),
                data);
    }

    private static String value(
            Map<String, Object> result,
            String key,
            String otherwise,
            Mount mount,
            String at,
            int call) {
        return result.containsKey(key)
                ? filled((String) result.get(key), mount, at, call)
                : otherwise;
    }

    private static String filled(String text, Mount mount, String at, int call) {
        return text.replace("${at}", at)
                .replace("${source}", mount.source())
                .replace("${n}", Integer.toString(call));
    }

    @Override
    public void unmount(String mountPoint) {
        int call = nextUnmount();
        boolean fails = Json.numbers(spec.get("failUnmount")).contains(call);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("op", "unmount");
        entry.put("by", by);
        entry.put("at", mountPoint);
        if (fails) {
            entry.put("failed", true);
        }
        log.add(entry);
        if (fails) {
            throw refused("unmount " + call);
        }
        remove(Path.of(mountPoint));
    }

    private DavitException refused(String what) {
        String kind = Json.text(spec, "errorClass");
        return new DavitException(
                kind.isEmpty() ? Kind.UNKNOWN : Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                by + " " + what + " refused");
    }

    private void create(Path at) {
        try {
            switch (Json.text(spec, "creates")) {
                case "dir" -> Files.createDirectories(at);
                case "file" -> Files.createFile(at);
                default -> {
                    // touches nothing
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An unmount takes the content away that was visible at the mount point. */
    private void remove(Path at) {
        boolean ours = List.of("dir", "file").contains(Json.text(spec, "creates"));
        if (!ours || !Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(at)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

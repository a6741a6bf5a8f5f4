package io.davit.mount.manager;

import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.api.names.Namespace;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StepRecord.State;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Whole;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.SystemMounts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Directories, fakes and a manager over them, as a scenario's setup asks for. */
final class ScenarioWorld implements AutoCloseable {
    private final Path base;
    private final Map<String, Object> setup;
    private final Map<String, List<Provider<MountHandler>>> handlers = new HashMap<>();
    private final Map<String, List<Provider<MountTransformer>>> transformers;
    private final SystemMounts system;
    private MountCalls calls;

    /**
     * Makes the world.
     *
     * @param base a fresh directory
     * @param nested performs a step inside a call of a fake
     */
    ScenarioWorld(
            Path base,
            Map<String, Object> setup,
            CallLog log,
            Consumer<Map<String, Object>> nested,
            Map<String, MountTransformer> transformers)
            throws IOException {
        this.base = base;
        this.setup = setup;
        this.transformers = new HashMap<>();
        transformers.forEach((k, v) -> this.transformers.put(k, List.of(new Provider<>(k, v))));
        for (Map<String, Object> spec : Json.objects(setup.get("handlers"))) {
            String type = Json.text(spec, "type");
            handlers.put(
                    type, List.of(new Provider<>(type, new FakeMounts(spec, type, log, nested))));
        }
        system = new FakeMounts(Json.object(setup.get("system")), "system", log, nested).asSystem();
        for (String root : List.of("t", "r1", "r2")) {
            makeDirectory(base.resolve(root), root.equals("t") ? "rwx------" : "rwxr-xr-x");
        }
        for (Map<String, Object> file : Json.objects(setup.get("files"))) {
            make(file);
        }
        open();
        Json.objects(setup.get("records")).forEach(this::seed);
        if (setup.containsKey("lastId")) {
            calls.parts().store().change(new Counted(Json.number(setup, "lastId", 0)));
        }
    }

    MountCalls calls() {
        return calls;
    }

    void restart() {
        calls.close();
        open();
    }

    private void open() {
        MountSettings settings =
                new MountSettings(
                        base.resolve("journal"),
                        base.resolve("t"),
                        Json.texts(setup.get("allowedRoots")).stream().map(Path::of).toList(),
                        List.of(Path.of("/")),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        true);
        Catalog catalog =
                new Catalog(handlers, transformers, Optional.of(new Provider<>("system", system)));
        calls = MountCalls.open(settings, () -> catalog);
    }

    private static void makeDirectory(Path path, String mode) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void make(Map<String, Object> file) throws IOException {
        Path path = Path.of(Json.text(file, "path"));
        for (Path parent = path.getParent(); !Files.exists(parent); ) {
            Files.createDirectories(parent);
        }
        String content = Json.text(file, "content");
        switch (Json.text(file, "kind")) {
            case "dir" -> Files.createDirectories(path);
            case "symlink" -> Files.createSymbolicLink(path, Path.of(content));
            default -> {
                Files.writeString(path, content);
                if (file.containsKey("size")) {
                    try (var channel =
                            Files.newByteChannel(
                                    path, Set.of(java.nio.file.StandardOpenOption.WRITE))) {
                        channel.position(Json.number(file, "size", 0) - 1);
                        channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
                    }
                }
            }
        }
        if (!"symlink".equals(file.get("kind"))) {
            String otherwise = "dir".equals(file.get("kind")) ? "0755" : "0644";
            Files.setPosixFilePermissions(
                    path, permissions((String) file.getOrDefault("mode", otherwise)));
        }
    }

    private static Set<PosixFilePermission> permissions(String octal) {
        int mode = Integer.parseInt(octal, 8);
        StringBuilder text = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode >> bit & 1) == 1 ? "rwx".charAt((8 - bit) % 3) : '-');
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    private void seed(Map<String, Object> spec) {
        List<StepRecord> steps = new ArrayList<>();
        List<Map<String, Object>> active = Json.objects(spec.get("active"));
        for (Map<String, Object> each : active) {
            steps.add(step(each, steps.size(), active.size()));
        }
        boolean complete = Json.truth(spec, "complete");
        ActivationRecord record =
                new ActivationRecord(
                        Json.number(spec, "id", 0),
                        new ActivationName(
                                new Namespace(Json.text(spec, "namespace")),
                                Json.text(spec, "name")),
                        Json.map(spec.get("labels")),
                        Optional.ofNullable((String) spec.get("lease")),
                        complete ? Phase.COMPLETE : Phase.BEGUN,
                        Instant.now(),
                        steps,
                        ScenarioValues.mounts(spec.get("system")));
        calls.parts().store().changeDurably(new Whole(record));
    }

    private StepRecord step(Map<String, Object> active, int index, int count) {
        Mount mount = ScenarioValues.mount(active);
        boolean handled = handlers.containsKey(mount.type());
        Taker taker = handled ? Taker.HANDLER : Taker.SYSTEM_CALL;
        return new StepRecord(
                new MountPlan.Step(
                        index, mount, List.of(), taker, mount.type(), "seeded", List.of()),
                mount.type(),
                TargetDirectory.entry(index, count),
                Optional.of(
                        new ActiveMount(
                                mount,
                                Json.text(active, "mountPoint"),
                                Instant.now(),
                                Json.map(active.get("data")))),
                State.DONE,
                0,
                List.of());
    }

    /** What is stored, in the form of the scenarios. */
    Map<String, Object> stored() {
        Map<String, Object> namespaces = new TreeMap<>();
        Map<String, Map<String, List<String>>> leases = new TreeMap<>();
        for (ActivationRecord record : calls.parts().store().all()) {
            if (record.phase() != Phase.LEAVING) {
                String namespace = record.name().namespace().name();
                Json.object(
                                Json.object(
                                                namespaces.computeIfAbsent(
                                                        namespace,
                                                        n -> new TreeMap<String, Object>()))
                                        .computeIfAbsent(
                                                "mounts", m -> new TreeMap<String, Object>()))
                        .put(record.name().name(), stored(record));
                record.lease()
                        .ifPresent(
                                lease ->
                                        leases.computeIfAbsent(namespace, n -> new TreeMap<>())
                                                .computeIfAbsent(lease, l -> new ArrayList<>())
                                                .add(record.name().name()));
            }
        }
        leases.forEach(
                (namespace, names) -> {
                    names.values().forEach(list -> list.sort(Comparator.naturalOrder()));
                    Json.object(namespaces.get(namespace)).put("leases", names);
                });
        Map<String, Object> store = new LinkedHashMap<>();
        store.put("lastId", calls.parts().store().lastId());
        store.put("namespaces", namespaces);
        return store;
    }

    private static Map<String, Object> stored(ActivationRecord record) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("id", record.id());
        value.put("complete", record.isComplete());
        record.lease().ifPresent(lease -> value.put("lease", lease));
        if (!record.labels().isEmpty()) {
            value.put("labels", record.labels());
        }
        List<Map<String, Object>> active =
                record.view().active().stream().map(ScenarioValues::active).toList();
        if (!active.isEmpty()) {
            value.put("active", active);
        }
        if (!record.system().isEmpty()) {
            value.put("system", record.system().stream().map(ScenarioValues::mount).toList());
        }
        return value;
    }

    /** What the target directory holds, in the form of the scenarios. */
    Map<String, Object> targets() throws IOException {
        Map<String, Object> targets = new TreeMap<>();
        for (Path entry : children(base.resolve("t"))) {
            Map<String, Object> content = new TreeMap<>();
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                for (Path child : children(entry)) {
                    content.put(
                            child.getFileName().toString(),
                            Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
                                    ? Map.of("kind", "dir")
                                    : Map.of("kind", "file", "content", content(child)));
                }
            }
            targets.put(entry.getFileName().toString(), content);
        }
        return targets;
    }

    private static String content(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        }
    }

    /** The state of the checked paths. */
    List<Map<String, Object>> files() throws IOException {
        List<Map<String, Object>> files = new ArrayList<>();
        for (String path : Json.texts(setup.get("check"))) {
            files.add(state(Path.of(path)));
        }
        return files;
    }

    private static Map<String, Object> state(Path path) throws IOException {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("path", path.toString());
        if (Files.isSymbolicLink(path)) {
            state.put("kind", "symlink");
        } else if (!Files.exists(path)) {
            state.put("kind", "absent");
        } else {
            boolean directory = Files.isDirectory(path);
            state.put("kind", directory ? "dir" : "file");
            int mode = (Integer) Files.getAttribute(path, "unix:mode") & 07777;
            state.put("mode", String.format("%04o", mode));
            if (!directory) {
                state.put("size", Files.size(path));
            }
        }
        return state;
    }

    @Override
    public void close() {
        calls.close();
    }
}

package io.davit.testkit;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountManager;
import io.davit.api.mount.MountPlan;
import io.davit.api.names.Namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A mount manager that performs nothing and remembers what it was asked: mounts of the type {@code
 * fake} are its own, all others are left to the caller. Its calls can be made to fail.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 *
 * @since 1.0
 */
public final class FakeMounts implements MountManager {
    /** The type of the mounts it performs. */
    public static final String TYPE = "fake";

    private static final String SUFFIX = ".mounts";

    private final Optional<Path> directory;
    private final Map<ActivationName, MountActivation> active = new ConcurrentHashMap<>();
    private final Map<ActivationName, MountPlan> plans = new ConcurrentHashMap<>();
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

    /** Makes a manager without activations, in memory. */
    public FakeMounts() {
        this.directory = Optional.empty();
    }

    private FakeMounts(Path directory) {
        this.directory = Optional.of(directory);
    }

    /**
     * Makes a manager whose activations outlive the process.
     *
     * @param directory a directory of its own, with what an earlier one left there
     * @return the manager; never {@code null}
     * @throws IOException if it cannot be read
     */
    public static FakeMounts in(Path directory) throws IOException {
        Files.createDirectories(directory);
        FakeMounts mounts = new FakeMounts(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                mounts.load(file);
            }
        }
        return mounts;
    }

    // ---- the directory: one file an activation, one line a label

    private void load(Path file) throws IOException {
        String name = file.getFileName().toString();
        String[] parts = name.substring(0, name.length() - SUFFIX.length()).split("@");
        Map<String, String> labels = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] label = line.split("=", 2);
            labels.put(label[0], label[1]);
        }
        ActiveMount mount = new ActiveMount(Mount.of(TYPE, ""), "/fake", Instant.now(), Map.of());
        ActivationName activation = new ActivationName(new Namespace(parts[0]), parts[1]);
        active.put(
                activation,
                new MountActivation(
                        activation,
                        1,
                        List.of(mount),
                        List.of(),
                        labels,
                        Optional.empty(),
                        true,
                        Instant.now()));
    }

    private void store(MountActivation activation) {
        List<String> lines = new ArrayList<>();
        activation.labels().forEach((key, value) -> lines.add(key + "=" + value));
        for (Path at : directory.stream().toList()) {
            Path fresh = at.resolve("new-" + file(activation.name()));
            try {
                Files.write(fresh, lines);
                Files.move(
                        fresh, at.resolve(file(activation.name())), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void forget(ActivationName name) {
        for (Path at : directory.stream().toList()) {
            try {
                Files.deleteIfExists(at.resolve(file(name)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String file(ActivationName name) {
        return name.namespace().name() + "@" + name.name() + SUFFIX;
    }

    /**
     * Has something happen before each call of an operation.
     *
     * @param operation the name of the method
     * @param hook what; what it throws is thrown by the call
     * @return this
     */
    public FakeMounts before(String operation, Runnable hook) {
        hooks.put(operation, hook);
        return this;
    }

    /**
     * Has an operation do its work undisturbed again.
     *
     * @param operation the name of the method
     */
    public void heal(String operation) {
        hooks.remove(operation);
    }

    private void enter(String operation) {
        Runnable hook = hooks.get(operation);
        if (hook != null) {
            hook.run();
        }
    }

    @Override
    public MountPlan plan(ActivateMounts request) throws DavitException {
        enter("plan");
        List<MountPlan.Step> steps = new ArrayList<>();
        for (Mount mount : request.mounts()) {
            boolean ours = mount.type().equals(TYPE);
            MountPlan.Taker left =
                    request.leaveToRuntime().contains(mount.type())
                            ? MountPlan.Taker.RUNTIME
                            : MountPlan.Taker.CALLER;
            steps.add(
                    new MountPlan.Step(
                            steps.size(),
                            mount,
                            List.of(),
                            ours ? MountPlan.Taker.HANDLER : left,
                            ours ? TYPE : left.name().toLowerCase(Locale.ROOT),
                            "type " + mount.type(),
                            List.of()));
        }
        return new MountPlan(steps);
    }

    @Override
    public MountActivation activate(ActivateMounts request) throws DavitException {
        enter("activate");
        MountPlan plan = plan(request);
        List<ActiveMount> performed = new ArrayList<>();
        List<Mount> system = new ArrayList<>();
        for (Mount mount : request.mounts()) {
            if (mount.type().equals(TYPE)) {
                performed.add(new ActiveMount(mount, "/fake", Instant.now(), Map.of()));
            } else {
                system.add(mount);
            }
        }
        MountActivation activation =
                new MountActivation(
                        request.name(),
                        performed.isEmpty() ? 0 : 1,
                        performed,
                        system,
                        request.labels(),
                        request.lease(),
                        true,
                        Instant.now());
        if (activation.isRecorded() && active.putIfAbsent(request.name(), activation) != null) {
            throw new DavitException(Kind.ALREADY_EXISTS, "active: " + request.name());
        }
        if (activation.isRecorded()) {
            store(activation);
        }
        plans.put(request.name(), plan);
        return activation;
    }

    @Override
    public void deactivate(ActivationName name) throws DavitException {
        enter("deactivate");
        if (active.remove(name) == null) {
            throw new DavitException(Kind.NOT_FOUND, "not active: " + name);
        }
        forget(name);
    }

    @Override
    public Optional<MountActivation> find(ActivationName name) {
        return Optional.ofNullable(active.get(name));
    }

    @Override
    public MountActivation update(
            ActivationName name, Map<String, String> labels, Set<String> fieldPaths)
            throws DavitException {
        throw new DavitException(Kind.NOT_IMPLEMENTED, "a fake has no labels to update");
    }

    @Override
    public List<MountActivation> list(Namespace namespace, List<String> filters)
            throws DavitException {
        enter("list");
        return active.values().stream()
                .filter(a -> a.name().namespace().equals(namespace))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    @Override
    public MountPlan explain(ActivationName name) throws DavitException {
        return Optional.ofNullable(plans.get(name))
                .filter(plan -> active.containsKey(name))
                .orElseThrow(() -> new DavitException(Kind.NOT_FOUND, "not active: " + name));
    }

    /**
     * Counts activations.
     *
     * @return how many are active
     */
    public int count() {
        return active.size();
    }
}

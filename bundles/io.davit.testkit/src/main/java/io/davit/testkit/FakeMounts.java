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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    private final Map<ActivationName, MountActivation> active = new ConcurrentHashMap<>();
    private final Map<ActivationName, MountPlan> plans = new ConcurrentHashMap<>();
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

    /** Makes a manager without activations. */
    public FakeMounts() {
        // nothing to set up
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
            steps.add(
                    new MountPlan.Step(
                            steps.size(),
                            mount,
                            List.of(),
                            ours ? MountPlan.Taker.HANDLER : MountPlan.Taker.CALLER,
                            ours ? TYPE : "caller",
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
        plans.put(request.name(), plan);
        return activation;
    }

    @Override
    public void deactivate(ActivationName name) throws DavitException {
        enter("deactivate");
        if (active.remove(name) == null) {
            throw new DavitException(Kind.NOT_FOUND, "not active: " + name);
        }
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

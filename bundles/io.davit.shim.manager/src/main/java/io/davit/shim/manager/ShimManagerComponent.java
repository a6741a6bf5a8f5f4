package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimInfo;
import io.davit.api.shim.ShimManager;
import io.davit.api.shim.StartShim;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;
import io.davit.spi.shim.ShimPlugin;

import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The shim manager as a service. */
@Component(name = "io.davit.shim.manager", immediate = true)
@Designate(ocd = ShimManagerComponent.Config.class)
public final class ShimManagerComponent implements ShimManager {
    private static final Logger LOG = LoggerFactory.getLogger(ShimManagerComponent.class);

    /** Replaced whole by a change of configuration. */
    private volatile Timeouts timeouts = Timeouts.DEFAULTS;

    private final PluginRegistry registry = new PluginRegistry();
    private final Successors successors = new Successors(registry, () -> timeouts);

    /** Shims by task, also those that are being started. */
    private final Map<TaskId, ManagedShim> live = new ConcurrentHashMap<>();

    /** Set when the component is going away. */
    private volatile boolean stopped;

    /** Configuration; times in milliseconds, positive, at most a day. */
    @ObjectClassDefinition(name = "Davit shim manager")
    public @interface Config {
        /** How long a leaving plugin waits for calls in flight. */
        @AttributeDefinition(description = "wait for calls in flight when a plugin leaves")
        long drain_timeout_millis() default 5_000;

        /** How long a call waits for the successor of a plugin that left. */
        @AttributeDefinition(description = "wait of a call for the successor of a plugin")
        long swap_window_millis() default 10_000;

        /** The longest start of a shim. */
        @AttributeDefinition(description = "longest start of a shim")
        long start_timeout_millis() default 10_000;

        /** The longest search for a shim that runs already. */
        @AttributeDefinition(description = "longest search for a shim that runs already")
        long attach_timeout_millis() default 5_000;

        /** The longest end of a shim. */
        @AttributeDefinition(description = "longest end of a shim")
        long cleanup_timeout_millis() default 5_000;
    }

    /** Makes a manager without plugins. */
    public ShimManagerComponent() {
        // activate() begins
    }

    /** Begins to serve. */
    @Activate
    public void activate(Config config) {
        modified(config);
        successors.start();
    }

    /** Takes good values and keeps the last good ones otherwise. */
    @Modified
    public void modified(Config config) {
        try {
            timeouts = Timeouts.of(config);
        } catch (DavitException e) {
            LOG.error("configuration refused: pid=io.davit.shim.manager kept={}", timeouts, e);
        }
    }

    /** The times in force. */
    Timeouts timeouts() {
        return timeouts;
    }

    /** Lets every plugin go; what runs outside the JVM, or in a plugin, goes on. */
    @Deactivate
    public void deactivate() {
        stopped = true;
        successors.stop();
        for (PluginSlot slot : registry.all()) {
            registry.remove(slot.reference()).ifPresent(s -> s.leave(false, timeouts.drain()));
        }
        live.clear();
    }

    /** Takes a plugin in; shims that wait for it are looked for by other threads. */
    @Reference(
            name = "plugins",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    public void addPlugin(ServiceReference<ShimPlugin> reference, ShimPlugin plugin) {
        PluginSlot slot = new PluginSlot(reference, plugin);
        registry.add(slot);
        LOG.info("plugin found: plugin={} runtimes={}", slot, slot.runtimes());
        for (ManagedShim shim : live.values()) {
            if (shim.seat().isEmpty() && slot.claim(shim.seat().runtime()) >= 0) {
                successors.look(shim.seat());
            }
        }
    }

    /** Present so that a change of properties is no departure: they are read when needed. */
    public void updatedPlugin(ServiceReference<ShimPlugin> reference) {
        LOG.debug("plugin changed its properties: service={}", reference);
    }

    /** Waits, bounded: the plugin is stopped when this returns. */
    public void removePlugin(ServiceReference<ShimPlugin> reference) {
        registry.remove(reference)
                .ifPresent(
                        slot -> {
                            LOG.info("plugin leaves: plugin={}", slot);
                            slot.leave(true, timeouts.drain());
                        });
    }

    /** Something only a plugin can do. */
    private interface Use<T> {
        T with(PluginSlot slot, Duration within) throws DavitException, PluginLeftException;
    }

    @Override
    public ShimInfo info(String runtime, Duration within) throws DavitException {
        return use(runtime, Deadline.in(within), (slot, left) -> slot.info(runtime, left));
    }

    @Override
    public List<ShimInfo> runtimes(Duration within) {
        List<PluginSlot> slots = new ArrayList<>(registry.all());
        Map<String, List<PluginSlot>> byRuntime = new TreeMap<>();
        for (PluginSlot slot : slots) {
            slot.runtimes()
                    .forEach(r -> byRuntime.computeIfAbsent(r, k -> new ArrayList<>()).add(slot));
        }
        List<ShimInfo> infos = new ArrayList<>();
        byRuntime.forEach(
                (runtime, serving) -> {
                    serving.sort(PluginRegistry.order(runtime).reversed());
                    serving.forEach(slot -> infos.add(describe(slot, runtime, within)));
                });
        return List.copyOf(infos);
    }

    private ShimInfo describe(PluginSlot slot, String runtime, Duration within) {
        if (runtime.indexOf('*') >= 0) {
            return slot.claimed(runtime, Map.of());
        }
        try {
            return slot.info(runtime, within);
        } catch (DavitException e) {
            return slot.claimed(runtime, Map.of("error", e.getMessage()));
        } catch (PluginLeftException e) {
            return slot.claimed(runtime, Map.of("error", "plugin is leaving"));
        }
    }

    @Override
    public Shim start(StartShim request, Duration within) throws DavitException {
        RuntimeName.require(request.runtime());
        Deadline deadline = Deadline.in(shorter(within, timeouts.start()));
        ManagedShim shim = newShim(request);
        if (live.putIfAbsent(shim.id(), shim) != null) {
            throw new DavitException(Kind.ALREADY_EXISTS, "shim exists: task=" + shim.id());
        }
        boolean started = false;
        try {
            use(
                    request.runtime(),
                    deadline,
                    (slot, left) -> {
                        shim.seat().start(slot, left, claim(shim));
                        return true;
                    });
            started = true;
            return shim;
        } finally {
            if (!started && !shim.seat().isStarting()) {
                live.remove(shim.id(), shim);
            }
        }
    }

    private IdClaim claim(ManagedShim shim) {
        return new IdClaim() {
            @Override
            public void give() {
                live.remove(shim.id(), shim);
            }

            @Override
            public boolean retake() {
                return live.putIfAbsent(shim.id(), shim) == null;
            }
        };
    }

    @Override
    public Shim attach(StartShim request, Duration within) throws DavitException {
        RuntimeName.require(request.runtime());
        Deadline deadline = Deadline.in(within);
        ManagedShim fresh = newShim(request);
        ManagedShim there = live.putIfAbsent(fresh.id(), fresh);
        if (there != null) {
            there.seat().listen(request.listener());
            return there;
        }
        boolean attached = false;
        try {
            use(
                    request.runtime(),
                    deadline,
                    (slot, left) -> {
                        fresh.seat().recover(slot, shorter(left, timeouts.attach()));
                        return true;
                    });
            attached = true;
            return fresh;
        } finally {
            if (!attached) {
                fresh.seat().giveUp();
                live.remove(fresh.id(), fresh);
            }
        }
    }

    @Override
    public Optional<Exit> cleanUp(StartShim request, Duration within) throws DavitException {
        RuntimeName.require(request.runtime());
        ManagedContext context = new ManagedContext(request);
        return use(
                request.runtime(),
                Deadline.in(within),
                (slot, left) ->
                        slot.callApart(
                                PluginCall.Request.of(
                                        "clean up " + request.bundle().id(),
                                        left,
                                        () -> slot.plugin().cleanUp(context, left))));
    }

    @Override
    public Optional<Shim> find(TaskId id) {
        return Optional.ofNullable(live.get(id)).filter(shim -> shim.seat().isFilled()).map(s -> s);
    }

    @Override
    public List<Shim> shims() {
        return live.values().stream()
                .filter(shim -> shim.seat().isFilled())
                .sorted(Comparator.comparing(ManagedShim::id))
                .<Shim>map(shim -> shim)
                .toList();
    }

    private ManagedShim newShim(StartShim request) {
        ShimSeat seat = new ShimSeat(request, () -> timeouts, successors::look);
        return new ManagedShim(seat, shim -> live.remove(shim.id(), shim));
    }

    /** Uses the plugin of a runtime; one that is leaving is passed over. */
    private <T> T use(String runtime, Deadline deadline, Use<T> use) throws DavitException {
        RuntimeName.require(runtime);
        while (true) {
            requireRunning();
            PluginSlot slot = registry.require(runtime, timeouts.swapWindow(), deadline);
            try {
                return use.with(slot, deadline.remaining());
            } catch (PluginLeftException e) {
                LOG.debug("plugin left, looking for another: runtime={}", Texts.quote(runtime));
            }
        }
    }

    private void requireRunning() throws DavitException {
        if (stopped) {
            throw new DavitException(Kind.UNAVAILABLE, "shim manager has stopped");
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.CollectMounts;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountMaintenance;
import io.davit.api.mount.MountManager;
import io.davit.api.mount.MountPlan;
import io.davit.api.mount.MountReport;
import io.davit.api.names.Namespace;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.SystemMounts;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The mount manager as a component: configuration, handlers that come and go, and its life. */
@Component(
        name = "io.davit.mount.manager",
        service = {MountManager.class, MountMaintenance.class},
        immediate = true)
@Designate(ocd = MountManagerConfig.class)
public final class MountManagerComponent implements MountManager, MountMaintenance {
    private final MountSettings settings;
    private final Whiteboard<MountHandler> handlers;
    private final Whiteboard<MountTransformer> transformers;
    private final Whiteboard<SystemMounts> systems;

    /** Set by {@link #open}, before the services are registered. */
    private MountCalls calls;

    /** Set by {@link #open}; read by threads that bring handlers, also before. */
    private volatile MountRecovery recovery;

    /**
     * Reads the configuration.
     *
     * @param config the configuration
     * @param context finds framework properties and the bundle's own files
     */
    @Activate
    public MountManagerComponent(MountManagerConfig config, BundleContext context) {
        this.settings =
                MountSettings.of(
                        config,
                        context::getProperty,
                        Optional.ofNullable(context.getDataFile("")).map(File::toPath));
        this.handlers = new Whiteboard<>("davit.mount.type", context);
        this.transformers = new Whiteboard<>("davit.mount.transform", context);
        this.systems = new Whiteboard<>("objectClass", context);
    }

    @Activate
    void open() {
        calls = MountCalls.open(settings, this::catalog);
        calls.skipForgotten();
        recovery = new MountRecovery(calls.hasPast(), calls::hasLeft, () -> calls.check(true));
        recovery.start();
    }

    @Deactivate
    void close() {
        recovery.close();
        calls.close();
    }

    private Catalog catalog() {
        return new Catalog(
                handlers.snapshot(),
                transformers.snapshot(),
                systems.snapshot().getOrDefault(SystemMounts.class.getName(), List.of()).stream()
                        .findFirst());
    }

    @Reference(
            name = "handlers",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addHandler(ServiceReference<MountHandler> reference) {
        handlers.add(reference);
        wakeRecovery();
    }

    void removeHandler(ServiceReference<MountHandler> reference) {
        handlers.remove(reference);
    }

    @Reference(
            name = "transformers",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addTransformer(ServiceReference<MountTransformer> reference) {
        transformers.add(reference);
        wakeRecovery();
    }

    void removeTransformer(ServiceReference<MountTransformer> reference) {
        transformers.remove(reference);
    }

    @Reference(
            name = "system",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void addSystem(ServiceReference<SystemMounts> reference) {
        systems.add(reference);
        wakeRecovery();
    }

    void removeSystem(ServiceReference<SystemMounts> reference) {
        systems.remove(reference);
    }

    /**
     * What could not be undone may be possible now. Before {@link #open} there is nobody to wake.
     */
    private void wakeRecovery() {
        MountRecovery running = recovery;
        if (running != null) {
            running.wake();
        }
    }

    @Override
    public MountPlan plan(ActivateMounts request) throws DavitException {
        return calls.plan(request);
    }

    @Override
    public MountActivation activate(ActivateMounts request) throws DavitException {
        return calls.activate(request);
    }

    @Override
    public void deactivate(ActivationName name) throws DavitException {
        calls.deactivate(name);
    }

    @Override
    public Optional<MountActivation> find(ActivationName name) {
        return calls.find(name);
    }

    @Override
    public MountActivation update(
            ActivationName name, Map<String, String> labels, Set<String> fieldPaths)
            throws DavitException {
        return calls.update(name, labels, fieldPaths);
    }

    @Override
    public List<MountActivation> list(Namespace namespace, List<String> filters)
            throws DavitException {
        return calls.list(namespace, filters);
    }

    @Override
    public MountPlan explain(ActivationName name) throws DavitException {
        return calls.explain(name);
    }

    @Override
    public MountReport check(boolean repair) throws DavitException {
        return calls.check(repair);
    }

    @Override
    public long mark() {
        return calls.mark();
    }

    @Override
    public CollectedMounts collect(CollectMounts request) throws DavitException {
        return calls.collect(request);
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
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
import io.davit.journal.Journal;
import io.davit.journal.JournalOptions;
import io.davit.mount.manager.StoreChange.Counted;
import io.davit.mount.manager.StoreChange.Labelled;
import io.davit.mount.manager.StoreChange.Left;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The calls of the mount manager over an open store, without a framework. */
final class MountCalls implements MountManager, MountMaintenance, AutoCloseable {
    /** By the bytes of the name, as containerd lists. */
    private static final Comparator<ActivationRecord> BY_NAME =
            Comparator.comparing(
                    record -> record.name().name().getBytes(StandardCharsets.UTF_8),
                    Arrays::compareUnsigned);

    /** How long calls may go on when the manager stops. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** More intents than can be on their way to the disk. */
    private static final long MOST_FORGOTTEN = 10_000;

    private final CallGate gate = new CallGate();
    private final ManagerParts parts;

    MountCalls(ManagerParts parts) {
        this.parts = parts;
    }

    /**
     * Opens the store of a configuration.
     *
     * @throws DavitException {@code UNAVAILABLE} if another manager has it open; {@code INTERNAL}
     *     if the disk refuses
     */
    static MountCalls open(MountSettings settings, Supplier<Catalog> catalog)
            throws DavitException {
        return open(
                settings,
                catalog,
                replay -> Journal.open(settings.journal(), JournalOptions.named("mounts"), replay));
    }

    /** Opens a store over any journal. */
    static MountCalls open(
            MountSettings settings, Supplier<Catalog> catalog, ActivationStore.Source source)
            throws DavitException {
        TargetDirectory targets = new TargetDirectory(settings.targets());
        RecordRules rules = new RecordRules(targets, settings.mountRoots());
        UndoWorker worker = new UndoWorker(settings.undoWait());
        ActivationStore store = new ActivationStore(source, rules, worker::background);
        if (!store.isWhole()) {
            // numbers of lost records must not be used again
            targets.numbered().forEach(n -> store.change(new Counted(n.number())));
        }
        return new MountCalls(
                new ManagerParts(
                        settings, store, targets, rules, new KeyedLock<>(), worker, catalog));
    }

    /** Passes over the numbers of intents that a power cut took away, but not their directories. */
    void skipForgotten() {
        long last = parts.store().lastId();
        parts.targets().numbered().stream()
                .mapToLong(TargetDirectory.Numbered::number)
                .filter(number -> number > last && number - last <= MOST_FORGOTTEN)
                .max()
                .ifPresent(number -> parts.store().change(new Counted(number)));
    }

    /** Says whether there was anything before this manager was opened. */
    boolean hasPast() {
        return !parts.targets().isNew()
                || !parts.store().isWhole()
                || !parts.store().all().isEmpty();
    }

    /** Says whether something that was given up is not gone, or is going. */
    boolean hasLeft() {
        return parts.store().hasLeaving();
    }

    ManagerParts parts() {
        return parts;
    }

    @Override
    public MountPlan plan(ActivateMounts request) throws DavitException {
        Plan plan = MountPlanner.plan(request, parts.catalog().get());
        plan.mounts().forEach(MountTransforms::check);
        return plan.steps();
    }

    @Override
    public MountActivation activate(ActivateMounts request) throws DavitException {
        Catalog catalog = parts.catalog().get();
        Plan plan = MountPlanner.plan(request, catalog);
        if (plan.isEmpty()) {
            return unrecorded(request);
        }
        return gate.call(() -> new Activating(parts, request, plan, catalog).run());
    }

    private static MountActivation unrecorded(ActivateMounts request) {
        return new MountActivation(
                request.name(),
                0,
                List.of(),
                request.mounts(),
                LabelRules.kept(request.labels()),
                request.lease(),
                true,
                Instant.now());
    }

    @Override
    public void deactivate(ActivationName name) throws DavitException {
        parts.locks().requireOther(name, "activation " + name);
        run(() -> deactivateNow(name));
    }

    /** Does what no interrupt of the caller stops. */
    private void run(Runnable work) {
        gate.call(
                () -> {
                    parts.worker().run(work);
                    return null;
                });
    }

    private void deactivateNow(ActivationName name) {
        try {
            parts.locked(name, () -> giveUp(name));
        } catch (DavitException e) {
            throw e.during("deactivate " + name);
        }
    }

    private ActivationName giveUp(ActivationName name) {
        ActivationRecord record = require(name);
        MountCrashPoint.UNMOUNT_BEFORE_INTENT.hit();
        parts.store()
                .changeAround(
                        new Left(record.id()),
                        () -> {
                            MountCrashPoint.UNMOUNT_AFTER_INTENT.hit();
                            new MountUndo(parts).undo(record.id());
                        });
        return name;
    }

    @Override
    public Optional<MountActivation> find(ActivationName name) {
        return parts.store().find(name).map(ActivationRecord::view);
    }

    @Override
    public MountActivation update(
            ActivationName name, Map<String, String> labels, Set<String> fieldPaths)
            throws DavitException {
        return gate.call(() -> parts.locked(name, () -> updateNow(name, labels, fieldPaths)));
    }

    private MountActivation updateNow(
            ActivationName name, Map<String, String> labels, Set<String> fieldPaths) {
        ActivationRecord record = require(name);
        Map<String, String> next = LabelRules.changed(record.labels(), labels, fieldPaths);
        parts.store().changeDurably(new Labelled(record.id(), next, Instant.now()));
        return require(name).view();
    }

    @Override
    public List<MountActivation> list(Namespace namespace, List<String> filters)
            throws DavitException {
        List<Filter> parsed = Filter.parse(filters);
        return parts.store().named(namespace).stream()
                .filter(record -> Filter.any(parsed, record))
                .sorted(BY_NAME)
                .map(ActivationRecord::view)
                .toList();
    }

    @Override
    public MountPlan explain(ActivationName name) throws DavitException {
        return require(name).explanation();
    }

    private ActivationRecord require(ActivationName name) {
        return parts.store()
                .find(name)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.NOT_FOUND, "no such activation: name=" + name));
    }

    @Override
    public MountReport check(boolean repair) throws DavitException {
        AtomicReference<MountReport> report = new AtomicReference<>();
        run(() -> report.set(new MountCheckup(parts, repair).run()));
        return report.get();
    }

    @Override
    public long mark() {
        return parts.store().lastId();
    }

    @Override
    public CollectedMounts collect(CollectMounts request) throws DavitException {
        AtomicReference<CollectedMounts> result = new AtomicReference<>();
        run(() -> result.set(new CollectCall(parts, request).run()));
        return result.get();
    }

    @Override
    public void close() {
        gate.close(DRAIN);
        parts.worker().close();
        parts.store().close();
    }
}

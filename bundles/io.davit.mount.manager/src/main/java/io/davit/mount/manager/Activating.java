package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StepRecord.Note;
import io.davit.mount.manager.StoreChange.Completed;
import io.davit.mount.manager.StoreChange.Done;
import io.davit.mount.manager.StoreChange.Forgotten;
import io.davit.mount.manager.StoreChange.Left;
import io.davit.mount.manager.StoreChange.Noted;
import io.davit.mount.manager.StoreChange.Whole;
import io.davit.spi.mount.TransformContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One call of {@code activate} that has something to do. Confined to its thread. */
final class Activating {
    private static final Logger LOG = LoggerFactory.getLogger(Activating.class);

    private static final int LONGEST_NOTE = 8192;

    private final ManagerParts parts;
    private final ActivateMounts request;
    private final Plan plan;
    private final Catalog catalog;
    private final List<ActiveMount> active = new ArrayList<>();
    private long id;

    Activating(ManagerParts parts, ActivateMounts request, Plan plan, Catalog catalog) {
        this.parts = parts;
        this.request = request;
        this.plan = plan;
        this.catalog = catalog;
    }

    /** Does it, under the lock of the name. */
    MountActivation run() throws DavitException {
        ActivationName name = request.name();
        return parts.locked(
                name,
                () -> {
                    parts.store().find(name).ifPresent(this::replace);
                    id = parts.store().nextId();
                    requireDoable();
                    return record();
                });
    }

    /** Makes way: refuses if the name is active, gives up what a crash left half done. */
    private void replace(ActivationRecord before) {
        if (before.isComplete()) {
            throw new DavitException(
                    Kind.ALREADY_EXISTS, "activation exists: name=" + request.name());
        }
        parts.store().change(new Left(before.id()));
        try {
            parts.worker().runToEnd(() -> new MountUndo(parts).undo(before.id()));
        } catch (DavitException e) {
            LOG.warn(
                    "interrupted activation not wholly undone: name={} id={} why={}",
                    request.name(),
                    before.id(),
                    e.getMessage());
        }
    }

    /** Refuses what can be seen to fail, before anything is done. */
    private void requireDoable() {
        for (PlannedMount mount : plan.mounts()) {
            if (mount.taker() == Taker.SYSTEM_CALL) {
                catalog.requireSystem();
            }
            MountTransforms.check(mount);
        }
    }

    private MountActivation record() {
        MountCrashPoint.MOUNT_BEFORE_INTENT.hit();
        try {
            parts.store().changeWritten(new Whole(intent()));
            MountCrashPoint.MOUNT_AFTER_INTENT.hit();
            parts.targets().create(id);
        } catch (DavitException e) {
            parts.store().change(new Forgotten(id));
            throw e.during("activate " + request.name());
        }
        boolean done = false;
        try {
            MountActivation activation = perform();
            done = true;
            return activation;
        } catch (DavitException e) {
            throw classified(e);
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    private ActivationRecord intent() {
        List<StepRecord> steps = new ArrayList<>();
        int count = plan.performed().size();
        for (PlannedMount mount : plan.mounts()) {
            boolean performed = mount.taker().isPerformed();
            steps.add(
                    StepRecord.intent(
                            mount, performed ? TargetDirectory.entry(mount.index(), count) : ""));
        }
        return new ActivationRecord(
                id,
                request.name(),
                LabelRules.kept(request.labels()),
                request.lease(),
                Phase.BEGUN,
                Instant.now(),
                steps,
                List.of());
    }

    private MountActivation perform() {
        MountCrashPoint.MOUNT_DIRECTORY_MADE.hit();
        int count = plan.performed().size();
        for (PlannedMount mount : plan.performed()) {
            requireNotInterrupted();
            perform(mount, TargetDirectory.entry(mount.index(), count));
        }
        List<Mount> system = left();
        requireNotInterrupted();
        MountCrashPoint.MOUNT_BEFORE_COMPLETE.hit();
        parts.store().changeDurably(new Completed(id, system, Instant.now()));
        MountCrashPoint.MOUNT_COMPLETE.hit();
        return parts.store().find(id).orElseThrow().view();
    }

    private void perform(PlannedMount planned, String entry) {
        Mount mount = transformed(planned);
        parts.targets().writeType(id, entry, mount.type());
        MountCrashPoint.MOUNT_TYPE_WRITTEN.hit();
        ActiveMount done =
                new MountStep(parts, catalog, id, List.copyOf(active))
                        .perform(planned, mount, entry);
        MountCrashPoint.MOUNTED.hit();
        active.add(done);
        Done change = new Done(id, planned.index(), done);
        if (done.mountPoint().equals(parts.targets().mountPoint(id, entry))) {
            parts.store().change(change);
        } else {
            // the intent does not tell where it is
            parts.store().changeDurably(change);
        }
        MountCrashPoint.MOUNT_CONFIRMED.hit();
    }

    private List<Mount> left() {
        List<Mount> system = new ArrayList<>();
        for (PlannedMount planned : plan.left()) {
            system.add(transformed(planned));
        }
        if (request.temporary()) {
            ActiveMount last = active.get(active.size() - 1);
            system.add(Mount.of("bind", last.mountPoint(), "rbind"));
        }
        return system;
    }

    private Mount transformed(PlannedMount planned) {
        Mount mount =
                MountTransforms.apply(planned, prefix -> new TransformRun(planned.index(), prefix));
        MountCrashPoint.MOUNT_TRANSFORMED.hit();
        return mount;
    }

    private static void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new DavitException(Kind.CANCELLED, "the thread was interrupted");
        }
    }

    /** What fails in an interrupted thread fails because of that. */
    private DavitException classified(DavitException e) {
        DavitException named = e.during("activate " + request.name());
        return Thread.currentThread().isInterrupted() && e.kind() != Kind.CANCELLED
                ? new DavitException(Kind.CANCELLED, named.getMessage(), named)
                : named;
    }

    private void undo() {
        parts.store().change(new Left(id));
        try {
            parts.worker().runToEnd(() -> new MountUndo(parts).undoFailed(id));
        } catch (DavitException e) {
            LOG.warn(
                    "failed activation not wholly undone: name={} id={} why={}",
                    request.name(),
                    id,
                    e.getMessage());
        }
    }

    /** What one transformer of one mount sees. */
    private final class TransformRun implements TransformContext {
        private final int index;
        private final String prefix;

        private TransformRun(int index, String prefix) {
            this.index = index;
            this.prefix = prefix;
        }

        @Override
        public List<ActiveMount> active() {
            return List.copyOf(active);
        }

        @Override
        public List<Path> allowedRoots() {
            return parts.transformRoots();
        }

        @Override
        public void note(String note) {
            if (note.length() > LONGEST_NOTE) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT, "note is too long: characters=" + note.length());
            }
            parts.store().changeDurably(new Noted(id, index, new Note(prefix, note)));
            MountCrashPoint.MOUNT_NOTED.hit();
        }
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.MountReport;
import io.davit.api.mount.MountReport.Finding;
import io.davit.api.mount.MountReport.Problem;
import io.davit.mount.manager.ActivationRecord.Phase;
import io.davit.mount.manager.StepRecord.State;
import io.davit.mount.manager.StoreChange.Left;
import io.davit.spi.mount.MountEntry;
import io.davit.spi.mount.MountHandler;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what is on record with what there is, and puts it right if asked. Confined to one
 * thread; nothing waits for it.
 */
final class MountCheckup {
    private final ManagerParts parts;
    private final Catalog catalog;
    private final boolean repair;
    private final List<Finding> findings = new ArrayList<>();
    private int compared;
    private int skipped;

    MountCheckup(ManagerParts parts, boolean repair) {
        this.parts = parts;
        this.catalog = parts.catalog().get();
        this.repair = repair;
    }

    /**
     * Does it.
     *
     * @throws DavitException {@code INTERNAL} if disk or table cannot be read
     */
    MountReport run() throws DavitException {
        for (ActivationRecord record : parts.store().all()) {
            compare(record);
        }
        compareDirectories();
        compareTable();
        compareHandlers();
        parts.store()
                .quarantined()
                .forEach(
                        q ->
                                found(
                                        Problem.DAMAGED,
                                        Optional.empty(),
                                        q.id(),
                                        "record",
                                        false,
                                        q.why()));
        return new MountReport(compared, skipped, findings);
    }

    private void compare(ActivationRecord record) {
        if (record.phase() == Phase.LEAVING) {
            compareLeaving(record);
            return;
        }
        boolean idle =
                parts.locks()
                        .tryLocked(
                                record.name(),
                                () ->
                                        parts.store()
                                                .find(record.id())
                                                .filter(now -> now.phase() != Phase.LEAVING)
                                                .ifPresent(this::compareNamed));
        if (!idle) {
            skipped++;
        }
    }

    private void compareLeaving(ActivationRecord record) {
        compared++;
        String what = parts.targets().of(record.id()).toString();
        String why =
                record.steps().stream().anyMatch(s -> s.state() == State.DETACHED)
                        ? "a busy mount was detached and is still used"
                        : "given up, and not wholly undone";
        Failures failures = new Failures();
        if (repair) {
            failures.attempt("undo", () -> new MountUndo(parts).tryUndo(record.id()));
        }
        boolean gone = parts.store().find(record.id()).isEmpty();
        if (!gone || repair) {
            String message = failures.isEmpty() ? why : failures.messages().get(0);
            found(Problem.LEFT, Optional.of(record.name()), record.id(), what, gone, message);
        }
    }

    private void compareNamed(ActivationRecord record) {
        compared++;
        List<Finding> wrong = new ArrayList<>();
        if (record.phase() == Phase.BEGUN) {
            wrong.add(
                    finding(
                            Problem.LEFT,
                            record,
                            parts.targets().of(record.id()).toString(),
                            "the activation was interrupted"));
        } else {
            record.steps().stream()
                    .filter(this::isMissing)
                    .forEach(s -> wrong.add(missing(record, s)));
        }
        if (wrong.isEmpty() || !repair) {
            findings.addAll(wrong);
            return;
        }
        Failures failures = new Failures();
        failures.attempt(
                "undo",
                () -> {
                    parts.store().changeDurably(new Left(record.id()));
                    new MountUndo(parts).undo(record.id());
                });
        boolean gone = parts.store().find(record.id()).isEmpty();
        for (Finding finding : wrong) {
            found(
                    finding.problem(),
                    finding.name(),
                    finding.id(),
                    finding.what(),
                    gone,
                    failures.isEmpty() ? finding.message() : failures.messages().get(0));
        }
    }

    private Finding missing(ActivationRecord record, StepRecord step) {
        return finding(
                Problem.MISSING,
                record,
                step.active().map(ActiveMount::mountPoint).orElse(""),
                "mount " + step.index() + " is not mounted");
    }

    private static Finding finding(
            Problem problem, ActivationRecord record, String what, String message) {
        return new Finding(problem, Optional.of(record.name()), record.id(), what, false, message);
    }

    /** Says whether a mount that should be there is known not to be. */
    private boolean isMissing(StepRecord step) {
        if (step.state() != State.DONE || step.active().isEmpty()) {
            return false;
        }
        ActiveMount active = step.active().get();
        if (step.isHandled()) {
            return catalog.handler(step.undoType())
                    .flatMap(h -> h.service().isMounted(active))
                    .filter(there -> !there)
                    .isPresent();
        }
        return catalog.system()
                .flatMap(s -> s.service().mountsBelow(active.mountPoint()))
                .filter(there -> there.stream().noneMatch(e -> isAt(e, active)))
                .isPresent();
    }

    private static boolean isAt(MountEntry entry, ActiveMount active) {
        return entry.mountPoint().equals(active.mountPoint());
    }

    private void compareDirectories() {
        for (TargetDirectory.Numbered orphan : new MountCollection(parts, r -> false).orphans()) {
            Failures failures = new Failures();
            if (repair) {
                failures.attempt(
                        "clean up", () -> new MountUndo(parts).clean(orphan.name(), Set.of()));
            }
            found(
                    Problem.LEFT,
                    Optional.empty(),
                    orphan.number(),
                    parts.targets().root().resolve(orphan.name()).toString(),
                    repair && failures.isEmpty(),
                    failures.isEmpty()
                            ? "a directory without an activation"
                            : failures.messages().get(0));
        }
        for (String name : parts.targets().foreign()) {
            found(
                    Problem.FOREIGN,
                    Optional.empty(),
                    0,
                    parts.targets().root().resolve(name).toString(),
                    false,
                    "not made by the mount manager");
        }
    }

    /** Looks for mounts in our directory that no activation made. */
    private void compareTable() {
        Optional<List<MountEntry>> seen = table();
        if (seen.isEmpty() && mayHaveMounts()) {
            found(
                    Problem.UNSEEN,
                    Optional.empty(),
                    0,
                    "mount table",
                    false,
                    "nobody here can read it, so mounts were not compared");
        }
        List<MountEntry> table = seen.orElse(List.of());
        Set<String> ours = new HashSet<>();
        for (ActivationRecord record : parts.store().all()) {
            ours.addAll(mountPoints(record));
        }
        // what is in the table before and after the records were read was there meanwhile
        List<MountEntry> still = table.isEmpty() ? table : table().orElse(List.of());
        for (MountEntry entry : table) {
            if (still.contains(entry)
                    && ours.stream().noneMatch(at -> isOrIsBelow(entry.mountPoint(), at))) {
                found(
                        Problem.FOREIGN,
                        Optional.empty(),
                        0,
                        entry.mountPoint(),
                        false,
                        "mounted here by somebody else: type=" + entry.type());
            }
        }
    }

    private boolean mayHaveMounts() {
        return !parts.store().all().isEmpty() || !parts.targets().numbered().isEmpty();
    }

    private Optional<List<MountEntry>> table() {
        return catalog.system()
                .flatMap(s -> s.service().mountsBelow(parts.targets().root().toString()));
    }

    private List<String> mountPoints(ActivationRecord record) {
        return record.steps().stream()
                .filter(StepRecord::isPerformed)
                .map(
                        step ->
                                step.active()
                                        .map(ActiveMount::mountPoint)
                                        .orElse(
                                                parts.targets()
                                                        .mountPoint(record.id(), step.entry())))
                .toList();
    }

    private static boolean isOrIsBelow(String path, String directory) {
        return path.equals(directory) || path.startsWith(directory + "/");
    }

    /** Asks each handler what it holds for nobody. */
    private void compareHandlers() {
        catalog.handlers()
                .forEach(
                        (type, providers) -> {
                            MountHandler handler = providers.get(0).service();
                            Set<String> inUse = inUse(type);
                            for (Path root : parts.transformRoots()) {
                                handler.leftBelow(root.toString(), inUse).forEach(this::left);
                            }
                        });
    }

    private Set<String> inUse(String type) {
        Set<String> inUse = new HashSet<>();
        for (ActivationRecord record : parts.store().all()) {
            for (StepRecord step : record.steps()) {
                if (step.isHandled() && step.undoType().equals(type)) {
                    step.active().map(ActiveMount::mountPoint).ifPresent(inUse::add);
                    inUse.add(parts.targets().mountPoint(record.id(), step.entry()));
                }
            }
        }
        return inUse;
    }

    private void left(String what) {
        found(Problem.LEFT, Optional.empty(), 0, what, false, "held for no activation");
    }

    private void found(
            Problem problem,
            Optional<ActivationName> name,
            long id,
            String what,
            boolean repaired,
            String message) {
        findings.add(new Finding(problem, name, id, what, repaired, message));
    }
}

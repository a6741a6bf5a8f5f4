package io.davit.mount.manager;

import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.MountPlan.Taker;
import io.davit.api.names.Texts;
import io.davit.journal.RecordInput.MalformedException;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a record must be like before anybody unmounts or deletes by it.
 *
 * @param targets the target directory
 * @param mountRoots where handlers may put mounts besides the target directory
 */
record RecordRules(TargetDirectory targets, List<Path> mountRoots) {
    private static final long MOST = 1L << 53;
    private static final Pattern ENTRY = Pattern.compile("[0-9]{1,3}");

    RecordRules {
        mountRoots = List.copyOf(mountRoots);
    }

    /**
     * Checks an activation.
     *
     * @throws MalformedException if it could not have been written by this manager
     */
    void require(ActivationRecord record) throws MalformedException {
        requireNumber(record.id());
        for (int i = 0; i < record.steps().size(); i++) {
            StepRecord step = record.steps().get(i);
            if (step.index() != i) {
                throw new MalformedException("mounts out of order: index=" + step.index());
            }
            require(record.id(), step);
        }
    }

    /**
     * Checks the number of an activation.
     *
     * @throws MalformedException if no counter of ours can have come that far
     */
    static void requireNumber(long id) throws MalformedException {
        if (id <= 0 || id > MOST) {
            throw new MalformedException("impossible number: id=" + id);
        }
    }

    private void require(long id, StepRecord step) {
        if (step.isPerformed() != ENTRY.matcher(step.entry()).matches()) {
            throw new MalformedException("impossible entry: " + Texts.quote(step.entry()));
        }
        step.active().ifPresent(active -> require(id, step, active));
    }

    private void require(long id, StepRecord step, ActiveMount active) {
        boolean proposed = active.mountPoint().equals(targets.mountPoint(id, step.entry()));
        boolean allowed =
                step.plan().taker() == Taker.HANDLER && isAllowed(id, active.mountPoint());
        if (!proposed && !allowed) {
            throw new MalformedException(
                    "mount point is outside: " + Texts.quote(active.mountPoint()));
        }
    }

    /** Says whether a handler may put a mount of an activation at a path. */
    boolean isAllowed(long id, String mountPoint) {
        try {
            Path path = Path.of(mountPoint);
            boolean plain = path.isAbsolute() && path.equals(path.normalize());
            return plain
                    && (targets.of(id).equals(path.getParent())
                            || mountRoots.stream()
                                    .anyMatch(r -> path.startsWith(r) && !path.equals(r)));
        } catch (InvalidPathException expected) {
            return false;
        }
    }
}

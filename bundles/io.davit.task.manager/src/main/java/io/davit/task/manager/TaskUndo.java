package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.StartShim;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/**
 * Takes away what is left of a task that was never acknowledged, or whose deletion was begun; tries
 * again later what cannot be done now. Until it is done the id stays taken.
 */
final class TaskUndo {
    private static final Logger LOG = LoggerFactory.getLogger(TaskUndo.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final TaskContext context;

    TaskUndo(TaskContext context) {
        this.context = context;
    }

    /** Ends a failed creation: frees the id, or goes on undoing what could not be undone. */
    void forget(TaskLife life, boolean somethingIsLeft) throws DavitException {
        if (somethingIsLeft) {
            undoLater(life, FIRST_PAUSE);
        } else {
            context.journal().remove(life.id());
            context.table().free(life.id());
        }
    }

    private void undoLater(TaskLife life, Duration pause) {
        context.keeper().later(pause, () -> undo(life, pause));
    }

    /** Undoes all that may be left of a task, and goes on later if something cannot be undone. */
    void undo(TaskLife life, Duration pause) {
        try {
            remove(life);
            context.journal().remove(life.id());
            context.table().free(life.id());
            LOG.info("leftovers removed: task={}", life.id());
        } catch (DavitException e) {
            LOG.warn("leftovers not removed yet: task={}", life.id(), e);
            Duration next = pause.multipliedBy(2);
            undoLater(life, next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next);
        }
    }

    /** Undoes at once, from the first try on. */
    void undo(TaskLife life) {
        undo(life, FIRST_PAUSE);
    }

    /** Removes shim, mounts and bundle, as far as they are there. */
    void remove(TaskLife life) throws DavitException {
        closeShim(life);
        context.mounts().deactivate(life.id());
        TaskCrashPoint.MOUNTS_UNDONE.hit();
        context.bundles().delete(life.bundle());
        TaskCrashPoint.BUNDLE_REMOVED.hit();
    }

    /** Ends the shim if it lives, and removes what it left if it does not. */
    void closeShim(TaskLife life) throws DavitException {
        var live = life.shim().find().or(() -> context.shims().find(life.id()));
        if (live.isPresent()) {
            live.get().close();
        } else if (!life.shim().isCleaned()) {
            cleanUp(life);
        }
    }

    private void cleanUp(TaskLife life) throws DavitException {
        try {
            context.shims().cleanUp(request(life), context.settings().cleanUp());
        } catch (DavitException e) {
            boolean nothingToDo = life.record().inJvm() || e.kind() == Kind.NOT_FOUND;
            if (!nothingToDo) {
                throw e;
            }
            LOG.debug("no clean-up inside a JVM that is gone: task={}", life.id(), e);
        }
    }

    static StartShim request(TaskLife life) {
        TaskRecord record = life.record();
        return new StartShim(
                record.runtime(), life.bundle(), record.options(), record.sandbox(), life);
    }
}

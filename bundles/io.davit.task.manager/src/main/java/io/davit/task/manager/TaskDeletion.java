package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.Shim;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskState;
import io.davit.task.manager.TaskJournal.Pending;
import io.davit.task.manager.TaskRecord.Phase;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;

/**
 * The sequence that takes a task away: shim, exit, mounts, bundle, record, event. Each step finds
 * it in order if there is nothing left to do, so that the sequence can be repeated and resumed.
 */
final class TaskDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDeletion.class);

    private final TaskContext context;
    private final TaskUndo undoing;

    TaskDeletion(TaskContext context, TaskUndo undoing) {
        this.context = context;
        this.undoing = undoing;
    }

    /** Deletes a task. The caller holds its order. */
    Exit delete(TaskLife life, Deadline deadline) throws DavitException {
        requireDeletable(life);
        Phase before = life.record().phase();
        if (before != Phase.DELETING && !life.record().inJvm() && !life.shim().isLost()) {
            life.shim().require(deadline);
            context.journal().put(life.advance(Phase.DELETING)).await();
        }
        try {
            Exit exit = deleteInShim(life, deadline);
            TaskCrashPoint.SHIM_DELETED.hit();
            return finish(life, exit);
        } catch (DavitException e) {
            if (e.kind() == Kind.FAILED_PRECONDITION && before != Phase.DELETING) {
                context.journal().put(life.advance(before));
            }
            throw e;
        }
    }

    private static void requireDeletable(TaskLife life) throws DavitException {
        TaskState state = life.state(ShimTask.INIT);
        if (!state.canDelete() && !life.shim().isLost()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "cannot delete task: task=" + life.id() + " state=" + state);
        }
    }

    /** Has the shim delete the task; a shim that knows nothing of it any more has done so. */
    private Exit deleteInShim(TaskLife life, Deadline deadline) throws DavitException {
        if (life.shim().isLost()) {
            return known(life);
        }
        Shim shim = life.shim().require(deadline);
        try {
            Exit exit = shim.delete(ShimTask.INIT, deadline.remaining());
            return settle(life, exit);
        } catch (DavitException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e.during("delete in shim");
            }
            LOG.debug("shim knows nothing of the task: task={}", life.id(), e);
            return known(life);
        }
    }

    /** An exit that was told stands; one that was not is told now, if the process ever ran. */
    private static Exit settle(TaskLife life, Exit exit) {
        if (life.state(ShimTask.INIT) != TaskState.CREATED) {
            life.exited(ShimTask.INIT, exit);
        }
        return life.exit(ShimTask.INIT).orElse(exit);
    }

    /** How a task ended, as far as is known: status 0 for one that never ran. */
    static Exit known(TaskLife life) {
        return life.exit(ShimTask.INIT).orElseGet(() -> Exit.of(0, 0, Instant.now()));
    }

    /** Removes what the task has besides its shim's part, and forgets it. */
    Exit finish(TaskLife life, Exit exit) throws DavitException {
        undoing.remove(life);
        Pending removal = context.journal().remove(life.id());
        // That it is being deleted is on the disk already: a restart then comes to the same end.
        if (life.record().phase() != Phase.DELETING) {
            removal.await();
        }
        life.deleted(exit);
        context.table().free(life.id());
        return exit;
    }
}

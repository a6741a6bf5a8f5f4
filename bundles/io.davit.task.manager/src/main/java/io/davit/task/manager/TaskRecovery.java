package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Namespace;
import io.davit.api.shim.Shim;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;
import io.davit.task.manager.TaskRecord.Phase;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Finishes or undoes what an earlier process, or an earlier instance of this component, left.
 *
 * <p>A task whose shim does not answer is not dead: it stays, unreachable, and is looked for again.
 */
final class TaskRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRecovery.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final TaskContext context;
    private final TaskUndo undoing;
    private final TaskDeletion deletion;

    /** Tasks that some thread looks for. */
    private final Map<TaskId, TaskLife> sought = new ConcurrentHashMap<>();

    TaskRecovery(TaskContext context, TaskUndo undoing, TaskDeletion deletion) {
        this.context = context;
        this.undoing = undoing;
        this.deletion = deletion;
    }

    /** Takes the ids of all recorded tasks, and shows those that were acknowledged. */
    List<TaskLife> load() {
        List<TaskLife> lives = new ArrayList<>();
        for (TaskRecord record : context.journal().records()) {
            TaskLife life = context.life(record);
            if (isDeleted(life)) {
                forget(life);
                continue;
            }
            context.table().tryTake(record.id());
            if (record.phase() != Phase.INTENT) {
                context.table().show(life);
            }
            lives.add(life);
        }
        return lives;
    }

    /** The bundle directory goes last: of a deletion that came so far only the record is left. */
    private boolean isDeleted(TaskLife life) {
        return life.record().phase() == Phase.DELETING && !context.bundles().isThere(life.bundle());
    }

    private void forget(TaskLife life) {
        try {
            context.journal().remove(life.id());
        } catch (DavitException e) {
            LOG.warn("record of a deleted task not removed: task={}", life.id(), e);
        }
        life.deleted(TaskDeletion.known(life));
    }

    /**
     * Finds a task's shim, or finishes or undoes the task; goes on later if that is not possible.
     */
    void recover(TaskLife life) {
        if (sought.putIfAbsent(life.id(), life) == null) {
            look(life, FIRST_PAUSE);
        }
    }

    private void look(TaskLife life, Duration pause) {
        boolean done = false;
        try {
            life.seek();
            done = life.record().phase() == Phase.INTENT ? settleIntent(life) : find(life);
        } catch (DavitException e) {
            LOG.warn("task not recovered yet: task={} cause={}", life.id(), e.getMessage());
        }
        if (done) {
            life.settled();
            sought.remove(life.id());
        } else {
            Duration next = pause.multipliedBy(2);
            Duration bounded = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
            context.keeper().later(pause, () -> look(life, bounded));
        }
    }

    /** A task that was never acknowledged is kept if its shim has created it, and undone if not. */
    private boolean settleIntent(TaskLife life) throws DavitException {
        if (diedWithItsJvm(life)) {
            undoing.undo(life);
            return true;
        }
        // its end, told meanwhile, has to wait until its creation is told
        life.beginStart(ShimTask.INIT);
        Optional<Shim> shim = attach(life);
        Optional<ProcessStatus> init = shim.flatMap(live -> init(life, live));
        shim.ifPresent(live -> life.shim().found(live));
        if (init.isEmpty()) {
            undoing.undo(life);
            return true;
        }
        context.journal().put(life.advance(Phase.CREATED)).await();
        life.created(init.get().pid(), List.of(), () -> context.table().show(life));
        adopt(life, shim.get(), init.get());
        LOG.info("task adopted that its shim had created: task={}", life.id());
        return true;
    }

    private static boolean diedWithItsJvm(TaskLife life) {
        return life.record().inJvm() && !life.record().jvm().equals(ThisJvm.name());
    }

    /** Finds the shim of an acknowledged task, or proves it dead. */
    private boolean find(TaskLife life) throws DavitException {
        Optional<Shim> shim = diedWithItsJvm(life) ? Optional.empty() : attach(life);
        Optional<ProcessStatus> init = shim.flatMap(live -> init(life, live));
        boolean deleting = life.record().phase() == Phase.DELETING;
        if (init.isPresent()) {
            adopt(life, shim.get(), init.get());
        } else {
            shim.ifPresent(Shim::close);
            bury(life, deleting);
        }
        if (deleting) {
            resumeDeletion(life);
        }
        return true;
    }

    /** The shim, or nothing if it is proven dead. */
    private Optional<Shim> attach(TaskLife life) throws DavitException {
        try {
            return Optional.of(
                    context.shims().attach(TaskUndo.request(life), context.settings().attach()));
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<ProcessStatus> init(TaskLife life, Shim shim) throws DavitException {
        try {
            return Optional.of(shim.status(ShimTask.INIT, context.settings().attach()));
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                LOG.debug("shim has no task: task={}", life.id(), e);
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Takes over what the shim says. */
    private void adopt(TaskLife life, Shim shim, ProcessStatus init) throws DavitException {
        life.shim().found(shim);
        life.pid(init.pid());
        if (init.state() == TaskState.STOPPED) {
            life.exited(ShimTask.INIT, init.exit().orElseGet(TaskRecovery::unknown));
        } else if (init.state() != TaskState.CREATED) {
            life.started(ShimTask.INIT, init.pid());
            life.state(ShimTask.INIT, init.state());
            for (ProcessInfo process : shim.processes(context.settings().attach())) {
                if (!process.execId().isEmpty()) {
                    life.rediscovered(process.execId(), process.pid());
                }
            }
        }
    }

    private static Exit unknown() {
        return new Exit(0, 255, Instant.now(), Optional.empty());
    }

    /** Notes a dead shim and removes what it left. */
    private void bury(TaskLife life, boolean deleting) throws DavitException {
        Optional<Exit> exit = Optional.empty();
        try {
            exit = context.shims().cleanUp(TaskUndo.request(life), context.settings().cleanUp());
            life.shim().cleaned();
        } catch (DavitException e) {
            if (!life.record().inJvm()) {
                throw e;
            }
            life.shim().cleaned();
        }
        if (deleting && exit.isEmpty() && life.exit(ShimTask.INIT).isEmpty()) {
            exit = Optional.of(Exit.of(0, 0, Instant.now()));
        }
        life.lost(exit);
    }

    private void resumeDeletion(TaskLife life) throws DavitException {
        Deadline deadline = Deadline.in(context.settings().cleanUp());
        life.order().run(deadline, () -> deletion.delete(life, deadline));
        LOG.info("deletion finished: task={}", life.id());
    }

    /**
     * Removes what belongs to no recorded task: directories, activations, shims.
     *
     * @param asked takes the tasks whose directory says that a shim was started for them: whether
     *     it lives is for their recovery to find out
     */
    void sweep(Consumer<TaskLife> asked) {
        Set<Namespace> namespaces = new HashSet<>(context.table().namespaces());
        for (TaskId id : context.bundles().scan()) {
            namespaces.add(id.namespace());
            sweep(id, asked);
        }
        namespaces.forEach(namespace -> sweepActivations(namespace, asked));
        for (Shim shim : context.shims().shims()) {
            sweep(shim.id(), asked);
        }
    }

    private void sweepActivations(Namespace namespace, Consumer<TaskLife> asked) {
        try {
            context.mounts().owners(namespace).forEach(id -> sweep(id, asked));
        } catch (DavitException e) {
            LOG.warn("cannot list mounts: namespace={}", namespace, e);
        }
    }

    private void sweep(TaskId id, Consumer<TaskLife> asked) {
        if (!context.table().tryTake(id)) {
            return;
        }
        try {
            Optional<TaskRecord> record = recall(id);
            if (record.isPresent()) {
                LOG.warn("task is in no journal, its shim is asked: task={}", id);
                asked.accept(context.life(record.get()));
                return;
            }
            context.shims().find(id).ifPresent(Shim::close);
            context.mounts().deactivate(id);
            context.bundles().delete(context.bundles().of(id));
            LOG.info("leftovers of an unknown task removed: task={}", id);
        } catch (DavitException e) {
            LOG.error("leftovers of an unknown task left alone: task={}", id, e);
        }
        context.table().free(id);
    }

    /** What a bundle directory says about a task outside the JVM; only if it can be true. */
    @SuppressWarnings("checkstyle:IllegalCatch") // a damaged record fails in the values it makes
    private Optional<TaskRecord> recall(TaskId id) throws DavitException {
        Optional<byte[]> kept = context.bundles().recall(context.bundles().of(id));
        try {
            return kept.map(bytes -> TaskRecordCodec.decode(bytes).put())
                    .map(record -> requireOf(id, record));
        } catch (RuntimeException e) {
            throw new DavitException(
                    Kind.INTERNAL, "record in bundle directory is damaged: task=" + id, e);
        }
    }

    private static TaskRecord requireOf(TaskId id, TaskRecord record) {
        if (!record.id().equals(id) || record.inJvm()) {
            throw new IllegalArgumentException("record of another task: task=" + record.id());
        }
        return record;
    }
}

package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.shim.Shim;
import io.davit.api.shim.ShimInfo;
import io.davit.api.shim.StartShim;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.CreateTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.OciBundle;
import io.davit.api.task.ShimTask;
import io.davit.api.task.TaskId;
import io.davit.task.manager.SpecRules.Facts;
import io.davit.task.manager.TaskJournal.Pending;
import io.davit.task.manager.TaskMounts.Activated;
import io.davit.task.manager.TaskRecord.Phase;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sequence that makes a task: intent, bundle, mounts, shim, task, record, event; and undoes, on
 * a failure, what was done, last first.
 */
final class TaskCreation {
    private final TaskContext context;
    private final SpecRules rules;
    private final TaskUndo undoing;

    TaskCreation(TaskContext context, SpecRules rules, TaskUndo undoing) {
        this.context = context;
        this.rules = rules;
        this.undoing = undoing;
    }

    /** What is known before anything is done. */
    private record Checked(CreateTask request, Facts facts, ShimInfo info, Deadline deadline) {
        TaskId id() {
            return request.id();
        }
    }

    TaskLife create(CreateTask request, Duration within) throws DavitException {
        Deadline deadline = Deadline.in(within);
        Facts facts = rules.require(request);
        ShimInfo info =
                step(
                        "find runtime",
                        () -> context.shims().info(request.runtime(), deadline.remaining()));
        rules.requireFeatures(facts, info);
        Checked checked = new Checked(request, facts, info, deadline);
        TaskSettings settings = context.settings();
        context.table().take(request.id(), info.inJvm() ? settings.tasksInJvm() : settings.tasks());
        TaskLife life = context.life(intent(checked));
        try (Rollback undo = new Rollback(request.id().toString())) {
            undo.onFailure("forget the task", () -> undoing.forget(life, undo.hasFailed()));
            make(checked, life, undo);
            undo.commit();
        }
        return life;
    }

    private static TaskRecord intent(Checked checked) {
        CreateTask request = checked.request();
        return new TaskRecord(
                request.id(),
                Phase.INTENT,
                request.runtime(),
                checked.info().inJvm() ? ThisJvm.name() : "",
                Instant.now(),
                request.labels(),
                request.options(),
                request.sandbox(),
                Optional.empty());
    }

    private void make(Checked checked, TaskLife life, Rollback undo) throws DavitException {
        TaskCrashPoint.BEFORE_INTENT.hit();
        Pending intent = context.journal().put(life.record());
        TaskCrashPoint.AFTER_INTENT.hit();
        OciBundle bundle =
                step(
                        "make bundle",
                        () ->
                                context.bundles()
                                        .create(
                                                checked.id(),
                                                checked.request().spec().json(),
                                                checked.facts().group()));
        undo.onFailure("remove bundle", () -> context.bundles().delete(bundle));
        Activated mounts = activate(checked, undo);
        if (!checked.info().inJvm()) {
            context.bundles().remember(bundle, TaskRecordCodec.put(life.record()));
            intent.await();
        }
        TaskCrashPoint.BEFORE_FORK.hit();
        long pid = createInShim(checked, life, mounts, undo);
        TaskCrashPoint.CREATED_UNRECORDED.hit();
        context.journal().put(life.advance(Phase.CREATED)).await();
        life.created(pid, mounts.system(), () -> context.table().show(life));
    }

    private Activated activate(Checked checked, Rollback undo) throws DavitException {
        Activated mounts =
                step(
                        "activate mounts",
                        () ->
                                context.mounts()
                                        .activate(
                                                context.mounts()
                                                        .request(
                                                                checked.request(),
                                                                checked.info())));
        if (mounts.ours()) {
            undo.onFailure("deactivate mounts", () -> context.mounts().deactivate(checked.id()));
        }
        return mounts;
    }

    private long createInShim(Checked checked, TaskLife life, Activated mounts, Rollback undo)
            throws DavitException {
        CreateTask request = checked.request();
        Deadline deadline = checked.deadline();
        life.beginStart(ShimTask.INIT);
        StartShim start =
                new StartShim(
                        request.runtime(),
                        life.bundle(),
                        request.options(),
                        request.sandbox(),
                        life);
        Shim shim = step("start shim", () -> context.shims().start(start, deadline.remaining()));
        undo.onFailure("close shim", shim::close);
        life.shim().found(shim);
        TaskCrashPoint.ANSWERED.hit();
        CreateShimTask create =
                new CreateShimTask(
                        mounts.system(), request.stdio(), request.checkpoint(), request.options());
        return step(
                "create in shim",
                () ->
                        TaskCrashPoint.CREATE_SENT.during(
                                () -> shim.create(create, deadline.remaining())));
    }

    /** Says in a failure which step failed. */
    private static <T> T step(String what, Supplier<T> work) throws DavitException {
        try {
            return work.get();
        } catch (DavitException e) {
            throw e.during(what);
        }
    }
}

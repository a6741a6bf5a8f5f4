package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.MountPlan;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.TaskPlan;

import java.util.List;

/** Says what creating a task would do, and does nothing. */
final class TaskPlanning {
    private final TaskContext context;
    private final SpecRules rules;

    TaskPlanning(TaskContext context, SpecRules rules) {
        this.context = context;
        this.rules = rules;
    }

    TaskPlan plan(CreateTask request) throws DavitException {
        SpecRules.Facts facts = rules.require(request);
        ShimInfo info = context.shims().info(request.runtime(), context.settings().attach());
        rules.requireFeatures(facts, info);
        if (context.table().isTaken(request.id())) {
            throw new DavitException(Kind.ALREADY_EXISTS, "task exists: task=" + request.id());
        }
        ActivateMounts mounts = context.mounts().request(request, info);
        MountPlan plan =
                request.rootfs().isEmpty()
                        ? new MountPlan(List.of())
                        : context.mounts().plan(mounts);
        return new TaskPlan(request.id(), steps(request, info, plan), plan);
    }

    private List<TaskPlan.Step> steps(CreateTask request, ShimInfo info, MountPlan plan) {
        String manager = "io.davit.task.manager";
        String plugin = info.plugin() + "/" + info.version();
        int left = request.rootfs().size() - plan.performed();
        return List.of(
                new TaskPlan.Step("record intent", manager, "undone after a crash"),
                new TaskPlan.Step(
                        "make bundle",
                        manager,
                        context.bundles().of(request.id()).path().toString()),
                new TaskPlan.Step(
                        "activate mounts",
                        "io.davit.mount.manager",
                        plan.performed() + " of " + request.rootfs().size() + " to perform"),
                new TaskPlan.Step(
                        "start shim",
                        plugin,
                        "serves " + request.runtime() + (info.inJvm() ? " in this JVM" : "")),
                new TaskPlan.Step("create in shim", plugin, left + " mounts left to it"),
                new TaskPlan.Step("record task", manager, "acknowledged from here on"));
    }
}

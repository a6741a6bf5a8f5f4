package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActivateMounts;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountManager;
import io.davit.api.mount.MountPlan;
import io.davit.api.names.Namespace;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.TaskId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;

/** The mounts of tasks: one activation a task, named by its id. */
final class TaskMounts {
    private static final Logger LOG = LoggerFactory.getLogger(TaskMounts.class);

    /** Names the task an activation belongs to; keeps it alive. */
    private static final String OWNER = "containerd.io/gc.bref.container";

    private final MountManager manager;

    TaskMounts(MountManager manager) {
        this.manager = manager;
    }

    /** What became of the root filesystem's mounts: what the shim makes, and whether to undo. */
    record Activated(List<Mount> system, boolean ours) {}

    /**
     * Makes the request of a task. A plugin whose tasks live in this JVM makes no system mounts:
     * when some mount is neither claimed by it nor performed for another reason, everything is
     * performed, and it gets a bind of the result.
     */
    ActivateMounts request(CreateTask task, ShimInfo shim) throws DavitException {
        ActivateMounts request =
                ActivateMounts.of(name(task.id()), task.rootfs())
                        .leaving(shim.mounts())
                        .labelled(Map.of(OWNER, task.id().id()));
        boolean unclaimed =
                shim.inJvm()
                        && !task.rootfs().isEmpty()
                        && manager.plan(request).steps().stream()
                                .anyMatch(step -> step.taker() == MountPlan.Taker.CALLER);
        return unclaimed ? whole(request) : request;
    }

    private static ActivateMounts whole(ActivateMounts request) {
        return new ActivateMounts(
                request.name(),
                request.mounts(),
                request.leaveToRuntime(),
                true,
                request.labels(),
                request.lease());
    }

    MountPlan plan(ActivateMounts request) throws DavitException {
        return manager.plan(request);
    }

    /** Activates, or takes over an activation of this name that is the same and is live. */
    Activated activate(ActivateMounts request) throws DavitException {
        if (request.mounts().isEmpty()) {
            return new Activated(List.of(), false);
        }
        try {
            MountActivation activation = manager.activate(request);
            return new Activated(handedOn(activation), activation.isRecorded());
        } catch (DavitException e) {
            if (e.kind() != Kind.ALREADY_EXISTS) {
                throw e;
            }
            return new Activated(reuse(request, e), false);
        }
    }

    private List<Mount> reuse(ActivateMounts request, DavitException why) throws DavitException {
        MountActivation there = manager.find(request.name()).orElseThrow(() -> why);
        if (!there.complete()) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "mounts of this name are not whole: activation=" + request.name(),
                    why);
        }
        List<Mount> given =
                manager.explain(request.name()).steps().stream()
                        .map(MountPlan.Step::mount)
                        .toList();
        if (!given.equals(request.mounts())) {
            throw new DavitException(
                    Kind.ALREADY_EXISTS,
                    "other mounts are active under this name: activation=" + request.name(),
                    why);
        }
        return handedOn(there);
    }

    /** What the shim makes: when everything was performed, the last mount is the root. */
    private static List<Mount> handedOn(MountActivation activation) {
        List<ActiveMount> active = activation.active();
        if (!activation.system().isEmpty() || active.isEmpty()) {
            return activation.system();
        }
        ActiveMount last = active.get(active.size() - 1);
        boolean readOnly = last.mount().options().contains("ro");
        return List.of(Mount.of("bind", last.mountPoint(), readOnly ? "ro" : "rw", "rbind"));
    }

    /** Deactivates what is there; an interrupt and a broken manager are errors, nothing else is. */
    void deactivate(TaskId id) throws DavitException {
        try {
            manager.deactivate(name(id));
        } catch (DavitException e) {
            if (e.kind() == Kind.CANCELLED || e.kind() == Kind.UNAVAILABLE) {
                throw e;
            }
            if (e.kind() != Kind.NOT_FOUND) {
                LOG.warn("mounts not undone yet, their manager goes on trying: task={}", id, e);
            }
        }
    }

    /** The tasks that activations of a namespace say they belong to. */
    List<TaskId> owners(Namespace namespace) throws DavitException {
        return manager.list(namespace, List.of()).stream()
                .filter(a -> a.name().name().equals(a.labels().get(OWNER)))
                .map(a -> new TaskId(namespace, a.name().name()))
                .toList();
    }

    private static ActivationName name(TaskId id) {
        return new ActivationName(id.namespace(), id.id());
    }
}

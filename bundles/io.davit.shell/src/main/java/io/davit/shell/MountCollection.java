package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;
import io.davit.api.mount.CollectMounts;
import io.davit.api.mount.CollectedMounts;
import io.davit.api.mount.MountActivation;
import io.davit.api.mount.MountMaintenance;
import io.davit.api.mount.MountManager;
import io.davit.api.names.Namespace;
import io.davit.api.task.Task;
import io.davit.api.task.TaskManager;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A collection of mounts on behalf of a person: what no task owns goes. What is under a lease, or
 * refers to something other than a task, stays, because nobody here knows whether that lives.
 */
final class MountCollection {
    private static final String TASK = "containerd.io/gc.bref.container";
    private static final String REFERENCE = ".bref.";

    private final MountManager mounts;
    private final MountMaintenance maintenance;
    private final TaskManager tasks;

    MountCollection(MountManager mounts, MountMaintenance maintenance, TaskManager tasks) {
        this.mounts = mounts;
        this.maintenance = maintenance;
        this.tasks = tasks;
    }

    CollectedMounts run(boolean dryRun) throws DavitException {
        long mark = maintenance.mark(); // before asking who is alive
        Set<CollectMounts.Reference> alive = tasks();
        CollectedMounts first = maintenance.collect(new CollectMounts(mark, alive, Map.of(), true));
        for (CollectedMounts.Verdict each : first.verdicts()) {
            each.name()
                    .filter(name -> !each.kept() && isReferred(name))
                    .ifPresent(name -> alive.add(reference(name)));
        }
        return maintenance.collect(new CollectMounts(mark, alive, Map.of(), dryRun));
    }

    private static CollectMounts.Reference reference(ActivationName name) {
        return new CollectMounts.Reference(name.namespace(), "mount", name.name());
    }

    private Set<CollectMounts.Reference> tasks() throws DavitException {
        Set<CollectMounts.Reference> alive = new HashSet<>();
        for (Namespace namespace : tasks.namespaces()) {
            for (Task task : tasks.tasks(namespace)) {
                alive.add(new CollectMounts.Reference(namespace, "container", task.id().id()));
            }
        }
        return alive;
    }

    private boolean isReferred(ActivationName name) {
        return mounts.find(name).filter(MountCollection::isReferred).isPresent();
    }

    private static boolean isReferred(MountActivation activation) {
        return activation.lease().isPresent()
                || activation.labels().keySet().stream()
                        .anyMatch(key -> key.contains(REFERENCE) && !key.equals(TASK));
    }
}

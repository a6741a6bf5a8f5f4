package io.davit.task.manager;

import io.davit.api.mount.MountActivation;
import io.davit.api.names.Namespace;
import io.davit.api.task.TaskId;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is outside of a task manager and belongs to no task it shows. */
final class Leftovers {
    private Leftovers() {}

    static List<String> find(Managers node, Set<TaskId> owners) throws IOException {
        List<String> found = new ArrayList<>();
        for (TaskId id : node.supervisors()) {
            if (!owners.contains(id)) {
                found.add("supervisor of " + id);
            }
        }
        for (MountActivation activation : node.mounts.list(Namespace.DEFAULT, List.of())) {
            if (!owners.contains(Node.id(activation.name().name()))) {
                found.add("mounts of " + activation.name());
            }
        }
        for (String directory : node.directories()) {
            String name = directory.substring(directory.lastIndexOf('/') + 1);
            if (name.startsWith(".") || !owners.contains(Node.id(name))) {
                found.add("directory " + directory);
            }
        }
        return found;
    }
}

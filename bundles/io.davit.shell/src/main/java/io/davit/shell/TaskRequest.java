package io.davit.shell;

import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what a command line says into what the task manager is asked. */
final class TaskRequest {
    private TaskRequest() {}

    /**
     * Makes the request.
     *
     * @throws CommandFailure if a file that the options name cannot be used
     */
    static CreateTask of(RunOptions options, Stdio stdio) throws CommandFailure {
        Program program = Program.of(options);
        String id = options.id().orElseGet(TaskRequest::newId);
        return CreateTask.builder(
                        new TaskId(new Namespace(options.namespace()), id),
                        options.runtime().orElse(program.runtime()),
                        new OciSpec(JsonOut.of(spec(options, program))))
                .rootfs(options.mounts())
                .stdio(stdio)
                .build();
    }

    /** An id that no other run of this machine uses. */
    private static String newId() {
        return "run-"
                + ProcessHandle.current().pid()
                + "-"
                + Long.toString(System.nanoTime() & Long.MAX_VALUE, Character.MAX_RADIX);
    }

    private static Map<String, Object> spec(RunOptions options, Program program)
            throws CommandFailure {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("ociVersion", "1.2.0");
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("args", program.args());
        process.put("env", options.env());
        process.put("cwd", options.cwd().orElse("/"));
        spec.put("process", process);
        spec.put("root", Map.of("path", options.rootfs().map(Object::toString).orElse("rootfs")));
        List<Object> mounts = new ArrayList<>();
        program.shown().ifPresent(mount -> mounts.add(mountEntry(mount)));
        options.binds().forEach(mount -> mounts.add(mountEntry(mount)));
        spec.put("mounts", mounts);
        options.memory()
                .ifPresent(
                        bytes ->
                                spec.put(
                                        "linux",
                                        Map.of(
                                                "resources",
                                                Map.of("memory", Map.of("limit", bytes)))));
        return spec;
    }

    private static Map<String, Object> mountEntry(Mount mount) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("destination", mount.target());
        entry.put("type", mount.type());
        entry.put("source", mount.source());
        entry.put("options", mount.options());
        return entry;
    }
}

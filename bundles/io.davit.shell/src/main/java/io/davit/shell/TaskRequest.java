package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;
import io.davit.api.names.Namespace;
import io.davit.api.task.CreateTask;
import io.davit.api.task.OciSpec;
import io.davit.api.task.Stdio;
import io.davit.api.task.TaskId;
import io.davit.oci.Json;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecBuilder;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what a command line says into what the task manager is asked. */
final class TaskRequest {
    private static final int LONGEST_HOSTNAME = 64;

    private TaskRequest() {}

    /**
     * Makes the request.
     *
     * @throws CommandFailure if a file that the options name cannot be used
     * @throws DavitException if a name or a specification is malformed
     */
    static CreateTask of(RunOptions options, Stdio stdio) throws CommandFailure, DavitException {
        Program program = Program.of(options);
        TaskId id =
                new TaskId(
                        new Namespace(options.namespace()),
                        options.id().orElseGet(TaskRequest::newId));
        List<Mount> rootfs =
                options.mountsFile().isPresent()
                        ? MountList.read(options.mountsFile().get())
                        : options.mounts();
        return CreateTask.builder(id, program.runtime(), new OciSpec(spec(id, options, program)))
                .rootfs(rootfs)
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

    private static String spec(TaskId id, RunOptions options, Program program)
            throws CommandFailure {
        Map<String, Object> spec = begin(id, options, program);
        if (!program.args().isEmpty()) {
            spec = Json.with(spec, program.args(), "process", "args");
        }
        if (!options.env().isEmpty()) {
            List<Object> env = SpecTree.list(spec, "process", "env");
            env.addAll(options.env());
            spec = Json.with(spec, env, "process", "env");
        }
        if (options.tty()) {
            spec = TerminalSpec.in(spec, "process");
        }
        if (options.cwd().isPresent()) {
            spec = Json.with(spec, options.cwd().get(), "process", "cwd");
        }
        if (options.rootfs().isPresent()) {
            spec = Json.with(spec, options.rootfs().get().toString(), "root", "path");
        }
        if (options.memory().isPresent()) {
            long bytes = options.memory().getAsLong();
            spec = Json.with(spec, bytes, "linux", "resources", "memory", "limit");
        }
        spec = changed(spec, options, program);
        List<Object> mounts = SpecTree.list(spec, "mounts");
        program.shown().ifPresent(mount -> mounts.add(entry(mount)));
        options.binds().forEach(mount -> mounts.add(entry(mount)));
        return Json.write(mounts.isEmpty() ? spec : Json.with(spec, mounts, "mounts"));
    }

    private static Map<String, Object> changed(
            Map<String, Object> spec, RunOptions options, Program program) throws CommandFailure {
        Map<String, Object> changed = spec;
        for (SpecChange change : options.changes()) {
            if (program.runtime().equals(Program.WASM)) {
                throw CommandFailure.usage(
                        "option " + change.option() + " is for containers, not for modules");
            }
            changed = change.change().apply(changed);
        }
        return changed;
    }

    /** The specification to begin with: the given one, or the defaults of the runtime. */
    private static Map<String, Object> begin(TaskId id, RunOptions options, Program program)
            throws CommandFailure {
        if (options.spec().isPresent()) {
            Path file = options.spec().get();
            return besideItsFile(RuntimeSpec.parse(InputFile.read("--spec", file)), file);
        }
        SpecBuilder defaults =
                program.runtime().equals(Program.WASM) ? SpecBuilder.wasm() : linux(id);
        List<String> args = program.args().isEmpty() ? List.of("-") : program.args();
        return defaults.args(args).build().object().tree();
    }

    /** A container is called by its id, unless that is too long for the kernel. */
    private static SpecBuilder linux(TaskId id) throws DavitException {
        SpecBuilder linux = SpecBuilder.linux();
        return id.id().length() > LONGEST_HOSTNAME ? linux : linux.hostname(id.id());
    }

    /** A relative root lies beside the specification that names it, as in any OCI bundle. */
    private static Map<String, Object> besideItsFile(RuntimeSpec spec, Path file) {
        Map<String, Object> tree = spec.object().tree();
        return spec.root()
                .map(root -> file.resolveSibling(root.path()).normalize().toString())
                .map(path -> Json.with(tree, path, "root", "path"))
                .orElse(tree);
    }

    private static Map<String, Object> entry(Mount mount) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("destination", mount.target());
        entry.put("type", mount.type());
        entry.put("source", mount.source());
        entry.put("options", mount.options());
        return entry;
    }
}

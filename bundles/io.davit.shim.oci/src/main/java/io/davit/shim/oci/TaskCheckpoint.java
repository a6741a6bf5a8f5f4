package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes an image of a running task with CRIU, where this machine's fits its kernel. Confined to
 * one thread, which holds the task's lock.
 */
final class TaskCheckpoint {
    private static final String CRIU = "criu";
    private static final int LOG_LIMIT = 16 << 20;

    private final OciTask task;
    private final Deadline deadline;
    private final String what;

    TaskCheckpoint(OciTask task, Deadline deadline) {
        this.task = task;
        this.deadline = deadline;
        this.what = "checkpoint task " + task.id();
    }

    void run(CheckpointTask request) throws DavitException {
        if (!task.isRunning()) {
            throw task.notNow("checkpoint", "is not running");
        }
        TrustedProgram criu = criu();
        try {
            PrivateFiles image = PrivateFiles.make(request.image());
            PrivateFiles work = PrivateFiles.make(task.layout().root().resolve(CRIU));
            Command.Result result =
                    task.programs()
                            .runtime()
                            .run(what, Command.ERR, arguments(request, work.path()), deadline);
            if (result.code() != 0) {
                throw failure(criu, result, image, work);
            }
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    private TrustedProgram criu() throws DavitException {
        try {
            return TrustedProgram.find(CRIU, task.settings().searchPath());
        } catch (DavitException e) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED, "cannot " + what + ": " + e.getMessage(), e);
        }
    }

    private List<String> arguments(CheckpointTask request, Path work) {
        TaskLayout layout = task.layout();
        List<String> arguments =
                new ArrayList<>(List.of("--root", layout.runtimeRoot().toString(), "checkpoint"));
        arguments.addAll(List.of("--image-path", request.image().toString()));
        arguments.addAll(List.of("--work-path", work.toString()));
        if (!request.exit()) {
            arguments.add("--leave-running");
        }
        arguments.add(layout.container());
        return arguments;
    }

    /** Tells whether CRIU can do it here at all, and what stood in its way. */
    private DavitException failure(
            TrustedProgram criu, Command.Result result, PrivateFiles image, PrivateFiles work)
            throws LinuxException, DavitException {
        Command.Result check =
                new Command(criu.path().toString(), List.of("check"), Command.ERR)
                        .run("check criu", deadline);
        Optional<String> cause = lastError(work).or(() -> lastErrorOrNone(image));
        String why = cause.orElse(result.text());
        boolean unsupported = result.text().contains("not supported") || why.contains("vdso");
        DavitException failure = RuntimeFailure.of(what, why);
        return check.code() != 0 || unsupported
                ? new DavitException(
                        Kind.NOT_IMPLEMENTED,
                        "criu does not fit this kernel or runtime: " + failure.getMessage())
                : failure;
    }

    private static Optional<String> lastErrorOrNone(PrivateFiles files) {
        try {
            return lastError(files);
        } catch (LinuxException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> lastError(PrivateFiles files) throws LinuxException {
        return files.read("dump.log", LOG_LIMIT)
                .flatMap(log -> log.lines().filter(line -> line.contains("Error")).findFirst());
    }
}

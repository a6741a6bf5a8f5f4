package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Starts the init process of a created task. Confined to one thread, which holds the lock. */
final class TaskStart {
    private static final int UNKNOWN = 255;

    private final OciTask task;
    private final Deadline deadline;
    private final String what;

    TaskStart(OciTask task, Deadline deadline) {
        this.task = task;
        this.deadline = deadline;
        this.what = "start task " + task.id();
    }

    /** Starts it; returns its number. */
    long run() throws DavitException {
        MonitoredProcess init = task.init();
        if (task.stage() != OciTask.Stage.CREATED) {
            throw task.notNow("start", "was started before");
        }
        if (init.exit().isPresent()) {
            throw task.notNow("start", "has ended");
        }
        if (task.restore().isPresent()) {
            return restore(init, task.restore().get());
        }
        try {
            ProcessRecord record = init.record();
            if (!startDirectly(init)) {
                startByRuntime();
            }
            record.phase(ProcessRecord.Phase.STARTED);
            record.write();
            task.stage(OciTask.Stage.STARTED);
            return init.pid();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
    }

    private long restore(MonitoredProcess init, OciTask.Restore from) throws DavitException {
        boolean done = false;
        try {
            new InitLaunch(task, init, from.stdio()).run(what, Optional.of(from.image()), deadline);
            task.restore(null);
            done = true;
            return init.pid();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } finally {
            if (!done) {
                giveUp(init);
            }
        }
    }

    /** A restore that failed leaves a task that has ended without ever running. */
    private void giveUp(MonitoredProcess init) throws DavitException {
        try {
            init.giveUp(Exit.of(0, UNKNOWN, Instant.now()));
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    private boolean startDirectly(MonitoredProcess init)
            throws LinuxException, InterruptedException, DavitException {
        if (init.record().flag(ProcessRecord.Flag.START_HOOKS)) {
            return false;
        }
        Path state = task.layout().runtimeRoot().resolve(task.layout().container());
        return new DirectStart(state, init).run(task.programs().runtime().kind(), deadline);
    }

    private void startByRuntime() throws DavitException {
        TaskLayout layout = task.layout();
        List<String> arguments =
                List.of("--root", layout.runtimeRoot().toString(), "start", layout.container());
        Command.Result result =
                task.programs().runtime().run(what, Command.ERR, arguments, deadline);
        if (result.code() != 0) {
            throw RuntimeFailure.of(what, result.text());
        }
    }
}

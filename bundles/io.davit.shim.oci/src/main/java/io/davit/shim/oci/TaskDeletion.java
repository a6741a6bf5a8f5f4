package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.LinuxException;

import java.time.Duration;
import java.util.Optional;

/** Removes a task that has ended or was never started. Confined to one thread with the lock. */
final class TaskDeletion {
    private static final Duration KILL = Duration.ofSeconds(5);

    /** How long a deletion waits until the exit it returns is told. */
    static final Duration TELL = Duration.ofSeconds(1);

    private final OciTask task;
    private final Deadline deadline;
    private final String what;

    TaskDeletion(OciTask task, Deadline deadline) {
        this.task = task;
        this.deadline = deadline;
        this.what = "delete task " + task.id();
    }

    /** Removes it; returns how it ended. */
    Exit run() throws DavitException {
        MonitoredProcess init = task.init();
        boolean unstarted = task.stage() == OciTask.Stage.CREATED;
        Optional<Exit> exit = init.exit();
        if (exit.isEmpty() && !unstarted) {
            throw task.notNow("delete", "is running");
        }
        try {
            if (exit.isEmpty() && task.restore().isEmpty()) {
                init.destroy(KILL);
                exit = init.await(deadline.remaining());
            }
            if (exit.isPresent()) {
                init.await(TELL);
            }
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
        new Leftovers(task.layout(), task.host()).remove(deadline);
        task.leaveAlone();
        init.release();
        task.stage(OciTask.Stage.DELETED);
        Exit how = exit.orElseGet(() -> Exit.of(init.pid(), 0, java.time.Instant.now()));
        return unstarted ? Exit.of(how.pid(), 0, how.at()) : how;
    }
}

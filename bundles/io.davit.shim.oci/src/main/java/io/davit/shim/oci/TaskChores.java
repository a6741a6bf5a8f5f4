package io.davit.shim.oci;

import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is looked after while a task runs. Safe for use by many threads. */
final class TaskChores implements Housekeeping.Chore {
    private static final Logger LOG = LoggerFactory.getLogger(TaskChores.class);

    private final OciTask task;
    private final LogFiles logs;

    /** How many have been told. */
    private long oomKills;

    TaskChores(OciTask task) {
        this.task = task;
        this.logs = new LogFiles(task.layout().log());
        // What happened while nobody looked is not told again.
        this.oomKills = CgroupStats.oomKills(task.cgroups());
    }

    @Override
    public synchronized void run() {
        try {
            logs.rotate();
        } catch (LinuxException e) {
            LOG.warn("cannot put log aside: task={}", task.id(), e);
        }
        if (task.watchesMemory()) {
            tellMemory();
        }
    }

    /** Tells what has happened since the last look. */
    synchronized void tellMemory() {
        long now = CgroupStats.oomKills(task.cgroups());
        if (now > oomKills) {
            oomKills = now;
            task.context().outOfMemory();
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.task.Exit;
import io.davit.api.task.ShimTask;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the end of an init process means for its task. */
final class InitEnd implements MonitoredProcess.End {
    private static final Logger LOG = LoggerFactory.getLogger(InitEnd.class);

    private final OciTask task;

    InitEnd(OciTask task) {
        this.task = task;
    }

    @Override
    public void killAll() {
        try {
            new CgroupKill(task.cgroups()).run();
        } catch (LinuxException e) {
            LOG.error("cannot kill processes of task: task={}", task.id(), e);
        }
    }

    @Override
    public boolean ranOutOfMemory() {
        boolean seen = task.findInit().filter(init -> init.files().ranOutOfMemory()).isPresent();
        return seen || CgroupStats.oomKills(task.cgroups()) > 0;
    }

    @Override
    public void exited(Exit exit) {
        task.tellMemory();
        task.context().exited(ShimTask.INIT, exit);
    }
}

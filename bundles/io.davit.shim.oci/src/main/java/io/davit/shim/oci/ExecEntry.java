package io.davit.shim.oci;

import io.davit.api.task.Exit;
import io.davit.api.task.Stdio;
import io.davit.linux.LinuxException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A further process of a task, from its description on.
 *
 * @param id its exec id
 * @param files its directory
 * @param stdio its streams
 * @param process the process, which may not have been started
 * @param lock held while it is started or deleted
 */
record ExecEntry(
        String id, PrivateFiles files, Stdio stdio, MonitoredProcess process, ReentrantLock lock) {
    private static final Logger LOG = LoggerFactory.getLogger(ExecEntry.class);
    private static final int SIGKILL = 9;

    /** Makes an entry of a process with a record. */
    static ExecEntry of(
            OciTask task, String id, PrivateFiles files, Stdio stdio, ProcessRecord record) {
        String what = "exec " + id + " in task " + task.id();
        End end = new End(task, id);
        MonitoredProcess process = new MonitoredProcess(what, task.host(), record, files, end);
        end.process = process;
        return new ExecEntry(id, files, stdio, process, new ReentrantLock());
    }

    /** Says whether it is described and nothing else. */
    boolean isAdded() {
        return process.record().phase() == ProcessRecord.Phase.ADDED;
    }

    /** What its end means. */
    private static final class End implements MonitoredProcess.End {
        private final OciTask task;
        private final String execId;
        private volatile MonitoredProcess process;

        End(OciTask task, String execId) {
            this.task = task;
            this.execId = execId;
        }

        @Override
        public void killAll() {
            try {
                process.signal(SIGKILL);
            } catch (LinuxException e) {
                LOG.error("cannot kill: task={} exec={}", task.id(), execId, e);
            }
        }

        @Override
        public boolean ranOutOfMemory() {
            return CgroupStats.oomKills(task.cgroups()) > 0;
        }

        @Override
        public void exited(Exit exit) {
            task.context().exited(execId, exit);
        }
    }
}

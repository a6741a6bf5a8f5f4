package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.PidFd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Signals every process of a task, through its control groups. */
final class CgroupKill {
    private static final int SIGKILL = 9;
    private static final int MOST_ROUNDS = 50;

    private final TaskCgroups cgroups;

    CgroupKill(TaskCgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** Kills all, also those that are made meanwhile, as far as they can be seen. */
    void run() throws LinuxException {
        Path unified = cgroups.paths().get(TaskCgroups.UNIFIED);
        if (unified != null && Files.exists(unified.resolve("cgroup.kill"))) {
            TaskCgroups.write(unified.resolve("cgroup.kill"), "1");
        }
        // What is killed stays listed until it is reaped, so the rounds end when nobody new comes.
        Set<Integer> before = Set.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Integer> now = cgroups.pids();
            if (before.containsAll(now)) {
                return;
            }
            signal(SIGKILL, now);
            before = now;
        }
    }

    /** Signals those that are there now. */
    void signal(int signal) throws LinuxException {
        signal(signal, cgroups.pids());
    }

    private void signal(int signal, Set<Integer> pids) throws LinuxException {
        for (int pid : pids) {
            try (PidFd held = PidFd.open(pid)) {
                // Looked at while held: the number may have passed on since it was listed.
                if (cgroups.holds(pid)) {
                    held.signal(signal);
                }
            } catch (LinuxException e) {
                if (!Failures.isMissing(e)) {
                    throw e;
                }
            }
        }
    }
}

package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.PidFd;
import io.davit.linux.ProcessStatus;
import io.davit.linux.Processes;

import java.util.Optional;

/**
 * What names one process for as long as the machine runs: its number comes again, the two together
 * do not.
 *
 * @param pid its number
 * @param startTime when it was started, in clock ticks since boot
 */
record ProcessId(int pid, long startTime) {
    /** Names a process that exists; nothing if there is none with the number. */
    static Optional<ProcessId> of(int pid) throws LinuxException {
        return ProcessStatus.of(pid).map(status -> new ProcessId(pid, status.startTime()));
    }

    /** Reads what {@link #toString} wrote. */
    static Optional<ProcessId> parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            return Optional.empty();
        }
        try {
            int pid = Integer.parseInt(text.substring(0, colon));
            long start = Long.parseLong(text.substring(colon + 1));
            return pid > 1 ? Optional.of(new ProcessId(pid, start)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Takes hold of it; nothing if it has ended. */
    Optional<PidFd> open() throws LinuxException {
        return PidFd.open(pid, startTime);
    }

    /** Buries it if it has ended while nobody watched and waits for this JVM, its parent. */
    void bury(ProcessId jvm) throws LinuxException {
        boolean waits =
                ProcessStatus.of(pid)
                        .filter(p -> p.isDead() && p.startTime() == startTime)
                        .filter(p -> p.parent() == jvm.pid())
                        .isPresent();
        if (waits) {
            Processes.reap(pid);
        }
    }

    @Override
    public String toString() {
        return pid + ":" + startTime;
    }
}

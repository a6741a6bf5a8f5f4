package io.davit.shim.containerd;

import io.davit.linux.LinuxException;
import io.davit.linux.PidFd;
import io.davit.linux.ProcessStatus;

import java.time.Duration;
import java.util.Optional;

/**
 * What names one process for as long as the machine runs: its number comes again, the two together
 * do not.
 *
 * @param pid its number
 * @param startTime when it was started, in clock ticks since boot
 */
record HostProcess(int pid, long startTime) {
    private static final int SIGKILL = 9;

    /** Names a process that lives; nothing if there is none, or it is this one or the first. */
    static Optional<HostProcess> of(long pid) throws LinuxException {
        if (pid <= 1 || pid > Integer.MAX_VALUE || pid == ProcessHandle.current().pid()) {
            return Optional.empty();
        }
        return ProcessStatus.of((int) pid)
                .filter(status -> !status.isDead())
                .map(status -> new HostProcess((int) pid, status.startTime()));
    }

    /** Reads what {@link #toString} wrote. */
    static Optional<HostProcess> parse(String text) {
        int colon = text.indexOf(':');
        try {
            int pid = Integer.parseInt(text.substring(0, Math.max(colon, 0)));
            long start = Long.parseLong(text.substring(colon + 1));
            return pid > 1 ? Optional.of(new HostProcess(pid, start)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean isAlive() throws LinuxException {
        return ProcessStatus.isAlive(pid, startTime);
    }

    /**
     * Waits for its end.
     *
     * @return whether it has ended
     */
    boolean awaitEnd(Duration within) throws LinuxException, InterruptedException {
        Optional<PidFd> held = PidFd.open(pid, startTime);
        if (held.isEmpty()) {
            return true;
        }
        try (PidFd process = held.get()) {
            return process.awaitExit(within);
        }
    }

    /** Kills it, if it lives, and waits for its end. */
    boolean kill(Duration within) throws LinuxException, InterruptedException {
        Optional<PidFd> held = PidFd.open(pid, startTime);
        if (held.isEmpty()) {
            return true;
        }
        try (PidFd process = held.get()) {
            process.signal(SIGKILL);
            return process.awaitExit(within);
        }
    }

    @Override
    public String toString() {
        return pid + ":" + startTime;
    }
}

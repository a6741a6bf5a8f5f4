package io.davit.shim.oci;

import io.davit.linux.LinuxException;
import io.davit.linux.ProcessStatus;
import io.davit.linux.SmallFiles;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks through all processes for a monitor of which only the mark it was started with is known.
 */
final class MonitorSearch {
    private static final int ENVIRONMENT_LIMIT = 1 << 20;
    private static final String PROGRAM = "conmon";

    private MonitorSearch() {}

    /** Finds the monitor with a mark. */
    static Optional<ProcessId> find(String token) throws LinuxException {
        String mark = "\0" + MonitorCommand.TOKEN + "=" + token + "\0";
        for (ProcessHandle handle : ProcessHandle.allProcesses().toList()) {
            int pid = (int) handle.pid();
            Optional<ProcessStatus> status = ProcessStatus.of(pid);
            boolean candidate = status.filter(s -> s.name().equals(PROGRAM)).isPresent();
            if (candidate && ("\0" + environment(pid)).contains(mark)) {
                return Optional.of(new ProcessId(pid, status.get().startTime()));
            }
        }
        return Optional.empty();
    }

    /** Returns the environment of a process; empty if it has ended or is somebody else's. */
    private static String environment(int pid) {
        try {
            return SmallFiles.readText(Path.of("/proc/" + pid + "/environ"), ENVIRONMENT_LIMIT);
        } catch (LinuxException e) {
            return "";
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.PidFd;
import io.davit.linux.Processes;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that exists outside the bundle directory because of one task, found by what is in that
 * directory, and removed.
 */
final class Leftovers {
    private static final int SIGKILL = 9;
    private static final long SHORTEST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final Duration AFTER_KILL = Duration.ofSeconds(5);

    private final TaskLayout layout;
    private final Host host;

    Leftovers(TaskLayout layout, Host host) {
        this.layout = layout;
        this.host = host;
    }

    /**
     * Removes it. Can be repeated.
     *
     * @return how the task ended, if that is known
     * @throws DavitException if something is left
     */
    Optional<Exit> remove(Deadline deadline) throws DavitException {
        String what = "clean up task " + layout.id();
        try {
            PrivateFiles files = new PrivateFiles(layout.root());
            Optional<ProcessRecord> found = ProcessRecord.read(files);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            ProcessRecord record = found.get();
            if (record.boot().equals(host.boot())) {
                kill(record, deadline);
            }
            if (record.flag(ProcessRecord.Flag.MOUNTED)) {
                new Rootfs(layout.bundle().rootfs()).unmount();
            }
            Optional<Exit> exit = exit(files, record);
            record.remove();
            return exit;
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        }
    }

    private static Optional<Exit> exit(PrivateFiles files, ProcessRecord record)
            throws LinuxException {
        long pid = record.process().map(ProcessId::pid).orElse(0);
        return new MonitorFiles(files)
                .ended()
                .map(ended -> Exit.of(pid, ended.status(), ended.at()))
                .or(() -> record.process().isEmpty() ? Optional.empty() : Optional.of(lost(pid)));
    }

    private static Exit lost(long pid) {
        return Exit.because(pid, 255, Instant.now(), Exit.MONITOR_LOST);
    }

    /** The init process first: its monitor then writes how it ended and goes by itself. */
    private void kill(ProcessRecord record, Deadline deadline)
            throws LinuxException, InterruptedException, DavitException {
        TaskCgroups cgroups = new TaskCgroups(record.cgroups());
        killProcess(record.process());
        new CgroupKill(cgroups).run();
        // What is halted cannot die in version 1.
        new Freezer(cgroups).thawQuietly();
        for (ProcessRecord each : records(record)) {
            killMonitor(each);
        }
        if (record.process().isEmpty() || !isDirect(record)) {
            deleteByRuntime(record, deadline);
        }
        removeGroups(cgroups, deadline);
    }

    static boolean isDirect(ProcessRecord record) {
        OciRuntime runtime = record.runtime();
        return runtime.kind() != RuntimeKind.OTHER
                && !runtime.systemd()
                && !record.flag(ProcessRecord.Flag.DELETE_HOOKS);
    }

    private static void killProcess(Optional<ProcessId> id)
            throws LinuxException, InterruptedException {
        Optional<PidFd> held = id.isPresent() ? id.get().open() : Optional.empty();
        if (held.isPresent()) {
            try (PidFd process = held.get()) {
                process.signal(SIGKILL);
                process.awaitExit(Duration.ofMillis(1));
            }
        }
    }

    private List<ProcessRecord> records(ProcessRecord init) throws LinuxException {
        List<ProcessRecord> all = new ArrayList<>(List.of(init));
        for (PrivateFiles exec : PrivateFiles.below(layout.execs())) {
            ProcessRecord.read(exec).ifPresent(all::add);
        }
        return all;
    }

    private void killMonitor(ProcessRecord record) throws LinuxException, InterruptedException {
        Optional<ProcessId> id = record.monitor();
        if (id.isEmpty()) {
            id = MonitorSearch.find(record.token());
        }
        Optional<PidFd> held = id.isPresent() ? id.get().open() : Optional.empty();
        if (held.isEmpty()) {
            if (id.isPresent()) {
                id.get().bury(host.self());
            }
            return;
        }
        try (PidFd monitor = held.get()) {
            boolean mayFinish = record.process().isPresent();
            if (!mayFinish || !monitor.awaitExit(AFTER_KILL)) {
                monitor.signal(SIGKILL);
                monitor.awaitExit(AFTER_KILL);
            }
            Processes.reap(monitor.pid());
        } catch (LinuxException e) {
            if (!e.is(Errno.ECHILD)) {
                throw e;
            }
        }
    }

    /** The runtime's own state tells of a container of which no number was written down. */
    private void deleteByRuntime(ProcessRecord record, Deadline deadline) throws DavitException {
        if (!Files.isDirectory(layout.runtimeRoot().resolve(layout.container()))) {
            return;
        }
        List<String> arguments =
                List.of(
                        "--root",
                        layout.runtimeRoot().toString(),
                        "delete",
                        "--force",
                        layout.container());
        String what = "delete container of task " + layout.id();
        Command.Result result = record.runtime().run(what, Command.ERR, arguments, deadline);
        if (result.code() != 0 && !result.text().contains("does not exist")) {
            throw RuntimeFailure.of(what, result.text());
        }
    }

    private static void removeGroups(TaskCgroups cgroups, Deadline deadline)
            throws LinuxException, InterruptedException, DavitException {
        long pause = SHORTEST_PAUSE_MILLIS;
        while (true) {
            try {
                cgroups.remove();
                return;
            } catch (LinuxException e) {
                if (deadline.isOver()) {
                    throw e;
                }
                // What was killed stays in its group until it is reaped; an orphan waits for PID 1,
                // which may take seconds.
                new CgroupKill(cgroups).run();
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Deadline;
import io.davit.linux.LinuxException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Halts and continues the processes of a task through its control group. */
final class Freezer {
    private static final long LOOK_MILLIS = 2;
    private static final int LOOKS_PER_TRY = 20;

    private final TaskCgroups cgroups;

    Freezer(TaskCgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** Halts all and waits until they stand; lets them go on again if that fails. */
    void freeze(String what, Deadline deadline) throws DavitException {
        boolean frozen = false;
        try {
            set(what, true);
            frozen = awaitFrozen(what, deadline);
            if (!frozen) {
                throw new DavitException(
                        Kind.DEADLINE_EXCEEDED, "processes did not halt in time: " + what);
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(what);
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        } finally {
            if (!frozen) {
                thawQuietly();
            }
        }
    }

    private boolean awaitFrozen(String what, Deadline deadline)
            throws LinuxException, InterruptedException {
        for (int looks = 1; !deadline.isOver(); looks++) {
            if (isFrozen()) {
                return true;
            }
            Thread.sleep(LOOK_MILLIS);
            // Version 1 can stop half-way while processes fork: it has to be told again.
            if (looks % LOOKS_PER_TRY == 0) {
                set(what, false);
                set(what, true);
            }
        }
        return isFrozen();
    }

    /** Lets all go on. */
    void thaw(String what) throws DavitException {
        try {
            set(what, false);
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    /** Lets all go on, as far as there is anything to be let go. */
    void thawQuietly() {
        try {
            set("", false);
        } catch (LinuxException | DavitException ignored) {
            // The group has gone, and whoever was in it.
        }
    }

    /** Says whether all stand. */
    boolean isFrozen() throws LinuxException {
        Optional<Path> group = cgroups.directory("freezer");
        if (group.isEmpty()) {
            return false;
        }
        if (cgroups.isUnified("freezer")) {
            String events = TaskCgroups.read(group.get().resolve("cgroup.events")).orElse("");
            return events.lines().anyMatch(line -> line.equals("frozen 1"));
        }
        String state = TaskCgroups.read(group.get().resolve("freezer.state")).orElse("");
        return state.equals("FROZEN");
    }

    private void set(String what, boolean frozen) throws LinuxException, DavitException {
        boolean unified = cgroups.isUnified("freezer");
        Path file =
                cgroups.directory("freezer")
                        .map(group -> group.resolve(unified ? "cgroup.freeze" : "freezer.state"))
                        .filter(Files::exists)
                        .orElseThrow(
                                () ->
                                        new DavitException(
                                                Kind.NOT_IMPLEMENTED,
                                                "task has no control group that can halt it: "
                                                        + what));
        if (unified) {
            TaskCgroups.write(file, frozen ? "1" : "0");
        } else {
            TaskCgroups.write(file, frozen ? "FROZEN" : "THAWED");
        }
    }
}

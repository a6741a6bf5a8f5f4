package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.api.task.Exit;
import io.davit.linux.LinuxException;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A shim that died while it was served: what it watched over is ended, told, and cleared away. */
final class DeadShim {
    private static final Duration KILL = Duration.ofSeconds(2);

    private final ShimState state;

    DeadShim(ShimState state) {
        this.state = state;
    }

    /** Does it all. A process we know ends at once; one we do not, with the clean-up. */
    void bury() throws DavitException, LinuxException {
        boolean alive = !state.isDeleted();
        Optional<HostProcess> init = state.record().init();
        if (alive && init.isPresent() && killed(init.get())) {
            state.endAll(init.get().pid(), Instant.now());
        }
        Deadline deadline = Deadline.in(state.place().host().settings().times().cleanUp());
        Leftovers leftovers = new Leftovers(state.place(), state.record());
        if (!alive) {
            leftovers.removeSockets();
            return;
        }
        Optional<Exit> exit = leftovers.remove(deadline);
        state.endAll(exit.map(Exit::pid).orElse(0L), exit.map(Exit::at).orElseGet(Instant::now));
    }

    private static boolean killed(HostProcess init) throws LinuxException {
        try {
            return init.kill(KILL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package io.davit.shim.oci;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Looks after all live tasks once a second: their logs and their memory. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Host host;
    private final Set<Chore> chores = ConcurrentHashMap.newKeySet();

    Housekeeping(Host host) {
        this.host = host;
    }

    /** What is done once a second; must not block for long. */
    interface Chore {
        void run();
    }

    void begin() {
        host.later(PERIOD, this::round);
    }

    void add(Chore chore) {
        chores.add(chore);
    }

    void remove(Chore chore) {
        chores.remove(chore);
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one task's trouble must not end the rounds
    private void round() {
        for (Chore chore : chores) {
            try {
                chore.run();
            } catch (RuntimeException e) {
                LOG.warn("housekeeping failed", e);
            }
        }
        host.later(PERIOD, this::round);
    }
}

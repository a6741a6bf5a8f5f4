package io.davit.task.manager;

import java.time.Instant;

/** The name of this process: no later one has it, even after a reboot. */
final class ThisJvm {
    private ThisJvm() {}

    static String name() {
        ProcessHandle self = ProcessHandle.current();
        Instant start = self.info().startInstant().orElse(Instant.EPOCH);
        return self.pid() + "@" + start.toEpochMilli();
    }
}

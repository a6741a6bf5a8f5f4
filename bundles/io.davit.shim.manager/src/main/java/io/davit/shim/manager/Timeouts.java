package io.davit.shim.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;

import java.time.Duration;

/**
 * How long things may last.
 *
 * @param drain how long a leaving plugin waits for calls in flight, and then for its shims to be
 *     released
 * @param swapWindow how long a call waits for the successor of a plugin that left
 * @param start the longest start of a shim
 * @param attach the longest search for a shim that runs already
 * @param cleanUp the longest end of a shim
 */
record Timeouts(
        Duration drain, Duration swapWindow, Duration start, Duration attach, Duration cleanUp) {
    static final Timeouts DEFAULTS =
            new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5));

    /** Reads and checks a configuration. */
    static Timeouts of(ShimManagerComponent.Config config) throws DavitException {
        return new Timeouts(
                millis(config.drain_timeout_millis()),
                millis(config.swap_window_millis()),
                millis(config.start_timeout_millis()),
                millis(config.attach_timeout_millis()),
                millis(config.cleanup_timeout_millis()));
    }

    private static Duration millis(long value) throws DavitException {
        Duration duration = Duration.ofMillis(value);
        Deadline.in(duration);
        return duration;
    }
}

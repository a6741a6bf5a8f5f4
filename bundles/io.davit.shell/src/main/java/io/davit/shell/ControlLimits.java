package io.davit.shell;

import java.time.Duration;

/**
 * How much the control socket puts up with.
 *
 * @param connections the most clients at a time
 * @param request the longest wait for a request, and for the answer of a terminal
 * @param frame the longest time a frame may be on its way, and a client may take to leave
 */
record ControlLimits(int connections, Duration request, Duration frame) {
    static final ControlLimits USUAL =
            new ControlLimits(64, Duration.ofSeconds(10), Duration.ofSeconds(30));
}

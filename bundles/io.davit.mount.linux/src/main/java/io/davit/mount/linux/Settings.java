package io.davit.mount.linux;

import java.time.Duration;
import java.util.List;

/**
 * What can be configured about system mounts.
 *
 * @param unmountTries how often a busy unmount is tried
 * @param unmountPause how long to wait between tries
 * @param helperTimeout how long a helper program may take
 * @param deniedSources absolute paths that are never bound, nor anything below them
 * @param temporaryDirectory where layers with mapped owners are shown for a moment
 */
record Settings(
        int unmountTries,
        Duration unmountPause,
        Duration helperTimeout,
        List<String> deniedSources,
        String temporaryDirectory) {
    Settings {
        deniedSources = deniedSources.stream().map(LexicalPath::clean).toList();
        if (unmountTries < 1 || unmountPause.isNegative() || helperTimeout.isNegative()) {
            throw Failures.invalid("tries and times must be positive");
        }
    }

    static Settings defaults() {
        return new Settings(
                50,
                Duration.ofMillis(50),
                Duration.ofSeconds(30),
                List.of("/proc", "/sys"),
                System.getProperty("java.io.tmpdir") + "/davit-layers");
    }
}

package io.davit.mount.linux;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import java.time.Duration;
import java.util.List;

/** Configuration of system mounts. */
@ObjectClassDefinition(name = "Davit mounts on Linux")
public @interface LinuxMountsConfig {
    /** How often a busy unmount is tried. */
    @AttributeDefinition(description = "how often a busy unmount is tried")
    int unmount_tries() default 50;

    /** Milliseconds between tries of a busy unmount. */
    @AttributeDefinition(description = "milliseconds between tries of a busy unmount")
    long unmount_pause_millis() default 50;

    /** Milliseconds a helper program may take. */
    @AttributeDefinition(description = "milliseconds a helper program may take")
    long helper_timeout_millis() default 30_000;

    /** Absolute paths that are never bound, nor anything below them. */
    @AttributeDefinition(description = "absolute paths that are never bound, nor anything below")
    String[] bind_source_denied() default {"/proc", "/sys"};

    /** Where layers with mapped owners are shown for a moment; empty for the system's place. */
    @AttributeDefinition(
            description = "directory of our own where layers with mapped owners are shown")
    String temporary_dir() default "";

    /** Reads a configuration. */
    final class Reader {
        private Reader() {}

        static Settings settings(LinuxMountsConfig config) {
            String directory = config.temporary_dir();
            Settings defaults = Settings.defaults();
            return new Settings(
                    config.unmount_tries(),
                    Duration.ofMillis(config.unmount_pause_millis()),
                    Duration.ofMillis(config.helper_timeout_millis()),
                    List.of(config.bind_source_denied()),
                    directory.isEmpty() ? defaults.temporaryDirectory() : directory);
        }
    }
}

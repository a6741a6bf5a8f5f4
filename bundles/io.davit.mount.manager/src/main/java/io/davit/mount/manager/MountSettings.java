package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The configuration of a manager, checked.
 *
 * @param journal where the activations are recorded
 * @param targets below which each activation has its directory
 * @param allowedRoots where transformers may create something, besides the target directory
 * @param mountRoots where handlers may put mounts, besides the target directory
 * @param nameWait the longest wait for another call on the same name
 * @param undoWait the longest wait for an undoing
 * @param lazyDetach whether a mount that stays busy is detached
 */
record MountSettings(
        Path journal,
        Path targets,
        List<Path> allowedRoots,
        List<Path> mountRoots,
        Duration nameWait,
        Duration undoWait,
        boolean lazyDetach) {
    private static final int LONGEST_PATH = 4096;
    private static final long MOST_MILLIS = Duration.ofHours(24).toMillis();

    MountSettings {
        allowedRoots = List.copyOf(allowedRoots);
        mountRoots = List.copyOf(mountRoots);
    }

    /**
     * Reads a configuration.
     *
     * @param properties finds {@code davit.state.dir} and {@code davit.root.dir}; may return {@code
     *     null}
     * @param fallback the state directory if nothing names one; empty if there is none
     * @throws DavitException {@code INVALID_ARGUMENT} naming key and value
     */
    static MountSettings of(
            MountManagerConfig config, UnaryOperator<String> properties, Optional<Path> fallback)
            throws DavitException {
        String state = named(config.state_dir(), properties.apply("davit.state.dir"));
        String root = named(config.root_dir(), properties.apply("davit.root.dir"));
        List<Path> roots = new ArrayList<>();
        if (!root.isEmpty()) {
            roots.add(directory("root.dir", root));
        }
        roots.addAll(directories("allowed.roots", config.allowed_roots()));
        Path mounts =
                state.isEmpty() && fallback.isPresent()
                        ? fallback.get().toAbsolutePath().resolve("mounts")
                        : directory("state.dir", state).resolve("mounts");
        return new MountSettings(
                mounts.resolve("journal"),
                mounts.resolve("t"),
                roots,
                directories("mount.roots", config.mount_roots()),
                wait("name.wait.millis", config.name_wait_millis()),
                wait("undo.wait.millis", config.undo_wait_millis()),
                config.lazy_detach());
    }

    private static String named(String configured, String property) {
        return configured.isEmpty() && property != null ? property : configured;
    }

    private static List<Path> directories(String key, String[] values) {
        return Arrays.stream(values).map(value -> directory(key, value)).toList();
    }

    private static Path directory(String key, String value) {
        try {
            Path path = Path.of(value);
            boolean good =
                    path.isAbsolute()
                            && path.equals(path.normalize())
                            && value.length() <= LONGEST_PATH
                            && value.indexOf('\n') < 0
                            && path.getNameCount() > 0;
            if (good) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw refused(key, value, "not a path");
        }
        throw refused(key, value, "not an absolute path without . and .. below the root");
    }

    private static Duration wait(String key, long millis) {
        if (millis <= 0 || millis > MOST_MILLIS) {
            throw refused(key, Long.toString(millis), "not between 1 and " + MOST_MILLIS);
        }
        return Duration.ofMillis(millis);
    }

    private static DavitException refused(String key, String value, String why) {
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "invalid configuration: " + key + "=" + Texts.quote(value) + ": " + why);
    }
}

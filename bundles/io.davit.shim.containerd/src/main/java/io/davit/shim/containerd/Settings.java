package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The plugin's configuration, checked.
 *
 * @param directories where shims are looked for, in order
 * @param binaries shims that may be named by their path
 * @param run the plugin's own directory, lost at reboot
 * @param owner names whose tasks these are, so that two of us on one machine do not take each
 *     other's shims for theirs
 * @param socketDirectories where shims may put their sockets besides our own directory
 * @param environment variables for shims besides ours
 * @param debug whether shims are told to say more
 * @param times how long things may last
 */
record Settings(
        List<Path> directories,
        Set<Path> binaries,
        Path run,
        String owner,
        Set<Path> socketDirectories,
        Map<String, String> environment,
        boolean debug,
        Times times) {
    /** What of a socket's path is left to the directory: 107 bytes, a slash, 64 digits. */
    static final int LONGEST_SOCKET_DIRECTORY = 42;

    private static final String SOCKETS = "s";

    /** What shims expect the name of the socket for events to end in. */
    static final String EVENTS = ".ttrpc";

    /**
     * How long things may last.
     *
     * @param info asking a binary what it can do
     * @param kill the shim's part of a kill, before it is done without the shim
     * @param cleanUp removing what a dead shim left
     * @param shutdown the end of a shim that has no task any more
     */
    record Times(Duration info, Duration kill, Duration cleanUp, Duration shutdown) {
        Times {
            Stream.of(info, kill, cleanUp, shutdown).forEach(Times::requirePositive);
        }

        private static void requirePositive(Duration time) {
            if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT, "time is not within a day: time=" + time);
            }
        }
    }

    Settings {
        directories = List.copyOf(directories);
        binaries = Set.copyOf(binaries);
        socketDirectories = Set.copyOf(socketDirectories);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(times, "times");
        Stream.of(directories.stream(), binaries.stream(), socketDirectories.stream())
                .flatMap(all -> all)
                .forEach(Settings::requireNormal);
        requireNormal(run);
        int length = run.resolve(SOCKETS).toString().length();
        if (run.getNameCount() == 0 || length > LONGEST_SOCKET_DIRECTORY) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "directory for sockets is too long: run.dir=" + Texts.quote(run.toString()));
        }
    }

    /** Reads the entries of PATH that are absolute. */
    static List<Path> searchPath(String path) {
        return Arrays.stream(path.split(":"))
                .filter(entry -> entry.startsWith("/") && entry.indexOf('\0') < 0)
                .map(Path::of)
                .map(Path::normalize)
                .distinct()
                .toList();
    }

    /** Reads lines of the form {@code NAME=value}. */
    static Map<String, String> variables(String[] lines) throws DavitException {
        Map<String, String> variables = new TreeMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals < 1 || line.indexOf('\0') >= 0) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT,
                        "environment must hold NAME=value: length=" + line.length());
            }
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return variables;
    }

    /** Where shims put their sockets if they do as they are told. */
    Path sockets() {
        return run.resolve(SOCKETS);
    }

    /** What shims are told is the daemon's gRPC socket; part of what names their own. */
    Path daemonAddress() {
        return run.resolve(owner);
    }

    /** Where shims tell their events. */
    Path events() {
        return run.resolve(owner + EVENTS);
    }

    /** Where the plugin keeps its sockets unless it is told, as short as sockets need it. */
    static Path usualRun(Map<String, String> environment, String user) {
        if (user.equals("root")) {
            return Path.of("/run/davit/containerd");
        }
        Path given = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", ""));
        return given.isAbsolute()
                ? given.resolve("davit/c")
                : Path.of("/tmp").resolve("davit-" + user).resolve("c");
    }

    /** Names an owner after the directory that is its alone; the empty one for none. */
    static String owner(String state) {
        return state.isEmpty() ? "davit" : Integer.toHexString(state.hashCode());
    }

    private static void requireNormal(Path path) {
        if (!path.isAbsolute() || !path.normalize().equals(path)) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "path must be absolute and normal: path=" + Texts.quote(path.toString()));
        }
    }
}

package io.davit.launcher;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where one run keeps what: the framework's storage, and the directories that the bundles are told
 * as framework properties: {@code davit.root.dir} (kept) and {@code davit.state.dir} (lost at
 * reboot).
 *
 * <p>A run with a command has a root and a state of its own unless the command line names them, so
 * that commands started side by side do not wait for each other. A run without one keeps both.
 */
final class Directories {
    private final RunDirectory own;
    private final Path root;
    private final Path state;

    private Directories(RunDirectory own, Path root, Path state) {
        this.own = own;
        this.root = root;
        this.state = state;
    }

    /**
     * Chooses, makes and locks the directories of a run.
     *
     * @throws IOException if one cannot be made, is not this user's, or is used by another run
     */
    static Directories choose(List<String> args, UserDirectories user) throws IOException {
        RunDirectory own = RunDirectory.make(user.runs());
        Path base = own.path();
        boolean keep = args.isEmpty();
        try {
            Path root = option(args, "--root").orElse(keep ? user.root() : base.resolve("root"));
            Path state =
                    option(args, "--state").orElse(keep ? user.state() : base.resolve("state"));
            for (Path path : new LinkedHashSet<>(List.of(root, state))) {
                own.makeAndLock(path);
            }
            return new Directories(own, root, state);
        } catch (IOException e) {
            own.close();
            throw e;
        }
    }

    /** What the framework and the bundles are told. */
    Map<String, String> properties() {
        return Map.of(
                "org.osgi.framework.storage", own.path().resolve("framework").toString(),
                "davit.root.dir", root.toString(),
                "davit.state.dir", state.toString());
    }

    /** Removes what only this run needed. */
    void close() {
        own.close();
    }

    /**
     * Finds an option of the command line without knowing the others: every option has a value,
     * after {@code =} or as the next word, and the first word that is no option ends them.
     */
    private static Optional<Path> option(List<String> args, String name) throws IOException {
        String value = null;
        for (int i = 1; i < args.size() && args.get(i).startsWith("-"); i++) {
            String word = args.get(i);
            if (word.equals("--")) {
                break;
            }
            if (word.startsWith(name + "=")) {
                value = word.substring(name.length() + 1);
            } else if (word.indexOf('=') < 0 && ++i < args.size() && word.equals(name)) {
                value = args.get(i);
            }
        }
        try {
            return Optional.ofNullable(value).map(v -> Path.of(v).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new IOException("not a path: option=" + name, e);
        }
    }
}

package io.davit.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Where one run keeps what: the framework's storage, and the directories that the bundles are told
 * as framework properties: {@code davit.root.dir} (kept) and {@code davit.state.dir} (lost at
 * reboot).
 *
 * <p>A run with a command has a root and a state of its own unless the command line names them, so
 * that commands started side by side do not wait for each other. A daemon and a run without a
 * command keep both.
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
        CommandWords words = CommandWords.of(args);
        boolean keep = words.keepsDirectories();
        RunDirectory own = RunDirectory.make(user.runs());
        Path base = own.path();
        try {
            Path root = words.root().orElse(keep ? user.root() : base.resolve("root"));
            Path state = words.state().orElse(keep ? user.state() : base.resolve("state"));
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

    /** Where the socket of a daemon is. */
    Path state() {
        return state;
    }

    /** Removes what only this run needed. */
    void close() {
        own.close();
    }
}

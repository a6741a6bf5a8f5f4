package io.davit.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The directories of the user who runs Davit: the system's for root, otherwise those of the XDG
 * base directory specification.
 *
 * @param root what is kept
 * @param state what is lost at reboot
 * @param runs what is lost with the process
 */
record UserDirectories(Path root, Path state, Path runs) {

    /** The directories of this process's user. */
    static UserDirectories ofThisProcess() {
        return of(System.getProperty("user.name"), System.getenv());
    }

    /** The directories of a user. */
    static UserDirectories of(String user, Map<String, String> environment) {
        if (user.equals("root") && Files.isWritable(Path.of("/run"))) {
            Path state = Path.of("/run/davit");
            return new UserDirectories(
                    Path.of("/var/lib/davit"),
                    state,
                    xdg(environment, "XDG_RUNTIME_DIR", state).resolve("runs"));
        }
        Path home = Path.of(System.getProperty("user.home"));
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"), "davit-" + user);
        Path runtime = xdg(environment, "XDG_RUNTIME_DIR", temporary);
        return new UserDirectories(
                xdg(environment, "XDG_STATE_HOME", home.resolve(".local/state/davit")),
                runtime.resolve("state"),
                runtime.resolve("runs"));
    }

    private static Path xdg(Map<String, String> environment, String name, Path otherwise) {
        Path set = Path.of(environment.getOrDefault(name, ""));
        return set.isAbsolute() ? set.resolve("davit") : otherwise;
    }
}

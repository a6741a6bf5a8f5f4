package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.api.task.TaskId;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the task manager keeps what.
 *
 * @param bundles the bundle directories, {@code <namespace>/<id>}; lost at reboot
 * @param work directories that live as long as their task, {@code <namespace>/<id>}; kept
 * @param journal the journal of tasks; kept
 */
record TaskDirectories(Path bundles, Path work, Path journal) {
    private static final int LONGEST = 4096;

    /** Names the directories below a state and a root directory, which may be one. */
    static TaskDirectories below(Path state, Path root) {
        return new TaskDirectories(
                state.resolve("tasks"), root.resolve("tasks.work"), root.resolve("tasks.journal"));
    }

    Path bundle(TaskId id) {
        return bundles.resolve(id.namespace().name()).resolve(id.id());
    }

    Path work(TaskId id) {
        return work.resolve(id.namespace().name()).resolve(id.id());
    }

    /** Checks a configured directory. */
    static Path require(String key, String value) throws DavitException {
        try {
            Path path = Path.of(value);
            boolean good =
                    path.isAbsolute()
                            && path.equals(path.normalize())
                            && path.getNameCount() > 0
                            && value.length() <= LONGEST
                            && value.indexOf('\n') < 0;
            if (good) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw refused(key, value);
        }
        throw refused(key, value);
    }

    private static DavitException refused(String key, String value) {
        return new DavitException(
                Kind.INVALID_ARGUMENT,
                "not an absolute, normal path below the root: " + key + "=" + Texts.quote(value));
    }
}

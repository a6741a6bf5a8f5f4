package io.davit.shim.oci;

import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The log files of one process: the one conmon writes, and one before it.
 *
 * <p>conmon starts its file anew when it has reached its size, by putting an empty one in its
 * place. A second name of the file keeps it then, also when nobody was there to see it. The names
 * are {@code output} (written now), {@code output.kept} (the second name: the same file, or the one
 * before it) and {@code output.1} (older). See {@code io.davit.api.task.TaskLog}.
 */
final class LogFiles {
    private static final String KEPT = ".kept";
    private static final String OLDER = ".1";

    private final Path file;
    private final String name;

    LogFiles(Path file) {
        this.file = file;
        this.name = file.getFileName().toString();
    }

    /** Gives the file that is written now its second name, and the one before it its third. */
    void rotate() throws LinuxException {
        try (Dir dir = Dir.open(file.getParent())) {
            Optional<FileStatus> now = dir.find(name);
            Optional<FileStatus> kept = dir.find(name + KEPT);
            if (now.isEmpty() || kept.isPresent() && kept.get().sameFile(now.get())) {
                return;
            }
            if (kept.isPresent()) {
                dir.rename(name + KEPT, dir, name + OLDER);
            }
            dir.hardLink(name, dir, name + KEPT);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT, Errno.EEXIST)) {
                throw e;
            }
        }
    }
}

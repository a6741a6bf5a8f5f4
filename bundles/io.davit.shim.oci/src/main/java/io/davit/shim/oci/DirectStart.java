package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Deadline;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.Resolve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Starts a created container as its runtime's {@code start} would, through the named pipe its init
 * waits on, and so without a process.
 *
 * <p>Source: the file {@code exec.fifo} of runc and of crun. The runtime tells started from created
 * by whether it is there.
 */
final class DirectStart {
    /** What the runtime's directory holds until the start. */
    static final String FIFO = "exec.fifo";

    private static final Duration SLICE = Duration.ofMillis(100);
    private static final Set<OpenFlag> WRITE =
            EnumSet.of(OpenFlag.WRITE, OpenFlag.NONBLOCK, OpenFlag.NOFOLLOW);

    private final Path state;
    private final MonitoredProcess init;

    /**
     * Prepares a start.
     *
     * @param state the runtime's directory of the container
     */
    DirectStart(Path state, MonitoredProcess init) {
        this.state = state;
        this.init = init;
    }

    /**
     * Starts it.
     *
     * @return whether it was started; if not, nothing has changed
     */
    boolean run(RuntimeKind kind, Deadline deadline)
            throws LinuxException, DavitException, InterruptedException {
        try (Dir dir = Dir.open(state)) {
            return switch (kind) {
                case CRUN -> tell(dir);
                case RUNC -> listen(dir, deadline);
                case OTHER -> false;
            };
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT, Errno.ENXIO)) {
                return false;
            }
            throw e;
        }
    }

    /** crun's init reads. Opening fails when it is not there to do so. */
    private static boolean tell(Dir dir) throws LinuxException {
        try (Descriptor fifo = dir.open(FIFO, WRITE, 0, Resolve.BENEATH)) {
            dir.unlink(FIFO);
            fifo.write(new byte[] {'1'});
            return true;
        }
    }

    /** runc's init writes, once it has come that far. */
    private boolean listen(Dir dir, Deadline deadline) throws LinuxException, InterruptedException {
        try (Descriptor fifo = dir.read(FIFO)) {
            while (!fifo.awaitReadable(SLICE)) {
                if (deadline.isOver() || !init.isAlive()) {
                    return false;
                }
            }
            boolean told = fifo.read(new byte[1]) > 0;
            if (told) {
                dir.unlink(FIFO);
            }
            return told;
        }
    }
}

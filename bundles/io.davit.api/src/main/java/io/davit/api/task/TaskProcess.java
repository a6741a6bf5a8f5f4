package io.davit.api.task;

import io.davit.api.errors.DavitException;

import org.osgi.annotation.versioning.ProviderType;

import java.time.Duration;
import java.util.Optional;

/**
 * A process of a task: its init process ({@link Task}) or a further one ({@link ExecProcess}).
 *
 * <p>A handle, not a copy: it stays valid while plugins are replaced, and fails {@code NOT_FOUND}
 * once the process is deleted.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Operations that change one task run one after
 * the other; {@link #await}, {@link #status} and {@link #kill} never wait for them.
 * <b>Blocking.</b> No call lasts longer than {@code within} (positive, at most {@link
 * Deadline#LONGEST}); one that runs out of time fails {@code DEADLINE_EXCEEDED}, and its effect may
 * still happen. An interrupted call fails {@code CANCELLED}.
 *
 * @since 1.0
 */
@ProviderType
public interface TaskProcess {
    /**
     * Returns the task this process belongs to.
     *
     * @return never {@code null}
     */
    TaskId id();

    /**
     * Says how the process is doing. Served from memory: a shim that does not answer delays nobody.
     *
     * @return the status; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted
     */
    ProcessStatus status() throws DavitException;

    /**
     * Starts the process.
     *
     * @param within the longest time it may last
     * @return its process id
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     was started before; {@code UNAVAILABLE} if its shim is gone
     */
    long start(Duration within) throws DavitException;

    /**
     * Sends a signal.
     *
     * <p>Blocks until the shim has accepted the signal, not until the process ends; see {@link
     * #await}. A process that has ended is left alone, without an error.
     *
     * @param signal the signal; not {@code null}
     * @param scope this process only, or all of the task (for the init process); not {@code null}
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code UNAVAILABLE} if its shim
     *     is gone; {@code DEADLINE_EXCEEDED} if the shim did not answer in time
     */
    void kill(Signal signal, KillScope scope, Duration within) throws DavitException;

    /**
     * Changes the size of the process's terminal. Without a terminal nothing happens.
     *
     * @param size the new size; not {@code null}
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code UNAVAILABLE} if its shim
     *     is gone
     */
    void resize(ConsoleSize size, Duration within) throws DavitException;

    /**
     * Ends standard input: the process reads end of file after what was written.
     *
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code UNAVAILABLE} if its shim
     *     is gone
     */
    void closeStdin(Duration within) throws DavitException;

    /**
     * Connects further streams to the running process, until it ends or the connection is closed.
     *
     * @param stdio the streams; not {@code null}
     * @param within the longest time connecting may last
     * @return closes the connection, not the streams; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     is not running; {@code NOT_IMPLEMENTED} if its runtime cannot
     */
    AutoCloseable attach(Stdio stdio, Duration within) throws DavitException;

    /**
     * Waits for the process to end. Survives the replacement of its plugin.
     *
     * @param within the longest time to wait
     * @return how it ended, at once if it has; empty when it has not by then; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted without having ended; {@code
     *     CANCELLED} if the thread was interrupted
     */
    Optional<Exit> await(Duration within) throws DavitException;
}

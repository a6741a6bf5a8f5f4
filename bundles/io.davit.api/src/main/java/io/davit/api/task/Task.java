package io.davit.api.task;

import io.davit.api.errors.DavitException;

import org.osgi.annotation.versioning.ProviderType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A task, which is also its init process. See {@link TaskProcess} for threads and blocking.
 *
 * @since 1.0
 */
@ProviderType
public interface Task extends TaskProcess {
    /**
     * Returns the name of the runtime it was created for.
     *
     * @return never {@code null}
     */
    String runtime();

    /**
     * Returns its directory.
     *
     * @return an absolute path; never {@code null}
     */
    Path bundle();

    /**
     * Returns its labels.
     *
     * @return unmodifiable; never {@code null}
     */
    Map<String, String> labels();

    /**
     * Halts all its processes.
     *
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     is not running; {@code NOT_IMPLEMENTED} if its runtime cannot; {@code UNAVAILABLE} if its
     *     shim is gone
     */
    void pause(Duration within) throws DavitException;

    /**
     * Lets its halted processes go on.
     *
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     is not paused; {@code UNAVAILABLE} if its shim is gone
     */
    void resume(Duration within) throws DavitException;

    /**
     * Adds a process, to be started with {@link TaskProcess#start}.
     *
     * @param request what to add; not {@code null}
     * @param within the longest time it may last
     * @return the process; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the process or its id is malformed, or the
     *     id is the task's; {@code NOT_FOUND} if the task was deleted; {@code ALREADY_EXISTS} if
     *     the exec id is taken; {@code FAILED_PRECONDITION} if the task does not run; {@code
     *     RESOURCE_EXHAUSTED} past the most execs a task may have
     */
    ExecProcess exec(ExecTask request, Duration within) throws DavitException;

    /**
     * Looks up a further process.
     *
     * @param execId its exec id; not {@code null}
     * @return the process; empty if there is none; never {@code null}
     */
    Optional<ExecProcess> process(String execId);

    /**
     * Lists the processes inside, of the init process and of execs.
     *
     * @param within the longest time it may last
     * @return a copy; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code UNAVAILABLE} if its shim
     *     is gone
     */
    List<ProcessInfo> processes(Duration within) throws DavitException;

    /**
     * Writes an image the task can be restored from.
     *
     * @param request how; not {@code null}
     * @param within the longest time it may last
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     is not running; {@code NOT_IMPLEMENTED} if its runtime cannot
     */
    void checkpoint(CheckpointTask request, Duration within) throws DavitException;

    /**
     * Changes limits while the task runs.
     *
     * @param request the limits; not {@code null}
     * @param within the longest time it may last
     * @throws DavitException {@code INVALID_ARGUMENT} if a limit is malformed; {@code NOT_FOUND} if
     *     it was deleted; {@code NOT_IMPLEMENTED} if its runtime cannot
     */
    void update(UpdateTask request, Duration within) throws DavitException;

    /**
     * Measures what the task uses.
     *
     * @param within the longest time it may last
     * @return the measurement; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if it was deleted; {@code FAILED_PRECONDITION} if it
     *     has stopped; {@code UNAVAILABLE} if its shim is gone
     */
    TaskMetrics metrics(Duration within) throws DavitException;
}

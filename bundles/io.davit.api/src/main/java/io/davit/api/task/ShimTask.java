package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.osgi.annotation.versioning.ConsumerType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The operations on one task, as its shim offers them: containerd's task API in Java.
 *
 * <p>A process is named by its exec id; {@link #INIT} names the init process. What an operation
 * does is said in {@link Task}; here is what a shim owes.
 *
 * <p><b>Threads.</b> Safe for use by many threads; operations may overlap, {@link #await} with
 * everything. <b>Blocking.</b> No call lasts longer than {@code within}, which is positive; a call
 * that runs out of time fails {@code DEADLINE_EXCEEDED}, and its effect may still happen. Every
 * call ends early, {@code CANCELLED}, when its thread is interrupted.
 *
 * <p><b>Errors.</b> {@code NOT_FOUND} when the process is not there; {@code FAILED_PRECONDITION}
 * when its state forbids the call; {@code NOT_IMPLEMENTED} when the runtime cannot do it at all;
 * {@code UNAVAILABLE} when the shim is gone or being replaced.
 *
 * @since 1.0
 */
@ConsumerType
public interface ShimTask {
    /** The exec id of the init process. */
    String INIT = "";

    /**
     * Creates the task from its bundle. All or nothing.
     *
     * @param request what else to know; not {@code null}
     * @param within the longest time it may last
     * @return the process id of the init process; 0 when there is none yet
     * @throws DavitException {@code ALREADY_EXISTS} when it was created; {@code INVALID_ARGUMENT}
     *     when the specification is malformed; {@code NOT_IMPLEMENTED} when it asks for what the
     *     runtime cannot give, naming the field
     */
    long create(CreateShimTask request, Duration within) throws DavitException;

    /**
     * Starts a created process.
     *
     * @param execId which
     * @param within the longest time it may last
     * @return its process id
     * @throws DavitException as the type says
     */
    long start(String execId, Duration within) throws DavitException;

    /**
     * Asks how a process is doing.
     *
     * @param execId which
     * @param within the longest time it may last
     * @return its status; never {@code null}
     * @throws DavitException as the type says
     */
    ProcessStatus status(String execId, Duration within) throws DavitException;

    /**
     * Sends a signal. A process that has ended is left alone, without an error.
     *
     * @param execId which
     * @param signal the signal
     * @param scope whom it reaches; {@link KillScope#ALL} only with {@link #INIT}
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void kill(String execId, Signal signal, KillScope scope, Duration within) throws DavitException;

    /**
     * Halts all processes.
     *
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void pause(Duration within) throws DavitException;

    /**
     * Lets halted processes go on.
     *
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void resume(Duration within) throws DavitException;

    /**
     * Adds a process, to be started with {@link #start}.
     *
     * @param request what to add; not {@code null}
     * @param within the longest time it may last
     * @throws DavitException {@code ALREADY_EXISTS} when the exec id is taken; otherwise as the
     *     type says
     */
    void exec(ExecTask request, Duration within) throws DavitException;

    /**
     * Lists the processes inside.
     *
     * @param within the longest time it may last
     * @return a copy; never {@code null}
     * @throws DavitException as the type says
     */
    List<ProcessInfo> processes(Duration within) throws DavitException;

    /**
     * Changes the size of a terminal. Without a terminal nothing happens.
     *
     * @param execId whose
     * @param size the new size
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void resize(String execId, ConsoleSize size, Duration within) throws DavitException;

    /**
     * Ends standard input: the process reads end of file after what was written.
     *
     * @param execId whose
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void closeStdin(String execId, Duration within) throws DavitException;

    /**
     * Writes an image the task can be restored from.
     *
     * @param request how
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void checkpoint(CheckpointTask request, Duration within) throws DavitException;

    /**
     * Changes limits while the task runs.
     *
     * @param request the limits
     * @param within the longest time it may last
     * @throws DavitException as the type says
     */
    void update(UpdateTask request, Duration within) throws DavitException;

    /**
     * Measures what the task uses.
     *
     * @param within the longest time it may last
     * @return the measurement; never {@code null}
     * @throws DavitException as the type says
     */
    TaskMetrics metrics(Duration within) throws DavitException;

    /**
     * Waits for a process to end.
     *
     * @param execId which
     * @param within the longest time to wait
     * @return how it ended; empty when it has not by then; never {@code null}
     * @throws DavitException as the type says
     */
    Optional<Exit> await(String execId, Duration within) throws DavitException;

    /**
     * Connects further streams to a running process, until it ends or the connection is closed.
     *
     * @param execId which
     * @param stdio the streams; a source with nothing sends nothing
     * @param within the longest time connecting may last
     * @return closes the connection, not the streams; never {@code null}
     * @throws DavitException as the type says; {@code NOT_IMPLEMENTED} unless overridden
     */
    default AutoCloseable attach(String execId, Stdio stdio, Duration within)
            throws DavitException {
        throw new DavitException(Kind.NOT_IMPLEMENTED, "this runtime cannot attach streams");
    }

    /**
     * Removes a process that has ended or was never started; for {@link #INIT} the whole task.
     *
     * @param execId which
     * @param within the longest time it may last
     * @return how it ended; status 0 for one that was never started; never {@code null}
     * @throws DavitException as the type says
     */
    Exit delete(String execId, Duration within) throws DavitException;
}

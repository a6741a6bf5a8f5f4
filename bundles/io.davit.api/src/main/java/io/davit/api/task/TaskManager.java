package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;

import org.osgi.annotation.versioning.ProviderType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Creates, finds and deletes the tasks of this node.
 *
 * <p>A task exists from the moment {@link #create} returns until {@link #delete} returns; there is
 * at most one task for an id. The service stays usable while shim plugins come and go: an operation
 * on a task whose plugin has left waits for its successor for a short, configured time and then
 * fails {@code UNAVAILABLE}. What was acknowledged survives the death of the JVM.
 *
 * <p>Holding this service is equal to being root: tasks run with what their specification asks for.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Operations on one task run one after the other;
 * operations on different tasks do not wait for each other. No lock is held while a listener runs.
 * See {@link TaskProcess} for what blocks.
 *
 * <p><b>Configured by</b> the PID {@code io.davit.task.manager}. Source of the rules: containerd's
 * runtime v2 task manager.
 *
 * @since 1.0
 */
@ProviderType
public interface TaskManager {
    /**
     * Creates a task and leaves it waiting to be started.
     *
     * <p>All or nothing: on failure the bundle directory, the mounts and the shim that this call
     * made are gone again, and the same id can be used again. The clean-up has a time budget of its
     * own. {@link TaskEvent.Created} is published before this method returns, and delivered after.
     *
     * @param request what to create; not {@code null}
     * @param within the longest time it may last, clean-up excluded
     * @return the task, in state {@link TaskState#CREATED}; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the specification, a mount or the
     *     runtime's name is malformed; {@code PERMISSION_DENIED} if a policy forbids what it asks
     *     for; {@code NOT_IMPLEMENTED} if the runtime cannot give it; {@code ALREADY_EXISTS} if a
     *     task with this id exists; {@code UNAVAILABLE} if no plugin serves the runtime; {@code
     *     RESOURCE_EXHAUSTED} if disk, processes or a quota are used up; {@code DEADLINE_EXCEEDED}
     *     if it took too long; {@code INTERNAL} if the disk or the kernel refused
     */
    Task create(CreateTask request, Duration within) throws DavitException;

    /**
     * Says what {@link #create} would do, and does nothing.
     *
     * @param request what would be created; not {@code null}
     * @return the plan; never {@code null}
     * @throws DavitException as {@link #create}, as far as can be known beforehand
     */
    TaskPlan plan(CreateTask request) throws DavitException;

    /**
     * Looks up a task.
     *
     * @param id the key; not {@code null}
     * @return the task; empty if there is none; never {@code null}
     */
    Optional<Task> find(TaskId id);

    /**
     * Lists the tasks of a namespace. Served from memory.
     *
     * @param namespace the namespace; not {@code null}
     * @return the tasks sorted by id; a copy; never {@code null}
     */
    List<Task> tasks(Namespace namespace);

    /**
     * Lists the namespaces that have tasks.
     *
     * @return sorted; a copy; never {@code null}
     */
    List<Namespace> namespaces();

    /**
     * Deletes a task that has stopped or was never started, with its shim, its mounts and its
     * bundle directory.
     *
     * <p>Safe to repeat: what an earlier, failed call already removed is skipped.
     *
     * @param id the key; not {@code null}
     * @param within the longest time it may last
     * @return how the task ended; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if there is no such task; {@code
     *     FAILED_PRECONDITION} if it has not stopped; {@code UNAVAILABLE} if its shim is not proven
     *     dead and does not answer
     */
    Exit delete(TaskId id, Duration within) throws DavitException;
}

package io.davit.ttrpc;

import java.time.Duration;
import java.util.Optional;

/**
 * The call a handler works on.
 *
 * <p>A call is cancelled when its caller's time is over or its connection ends; the thread that
 * runs its handler is then interrupted.
 *
 * <p><b>Threads.</b> Safe for use by many threads.
 *
 * @since 1.0
 */
public interface ServerContext {
    /**
     * Returns who calls.
     *
     * @return never {@code null}
     */
    PeerPolicy.Peer peer();

    /**
     * Returns the connection the call came over.
     *
     * @return the same object for all calls of one connection, good for comparing alone; never
     *     {@code null}
     */
    Object connection();

    /**
     * Returns what came with the request.
     *
     * @return never {@code null}
     */
    Metadata metadata();

    /**
     * Returns how much time the caller leaves.
     *
     * @return zero when none is left; empty if the caller set no limit; never {@code null}
     */
    Optional<Duration> remaining();

    /**
     * Says whether nobody waits for the answer any more.
     *
     * @return whether the call was cancelled
     */
    boolean isCancelled();

    /**
     * Has something run when the call is cancelled; at once if it was. Runs on a thread that must
     * not be blocked.
     *
     * @param task the task
     */
    void onCancel(Runnable task);
}

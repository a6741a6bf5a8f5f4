package io.davit.api.shim;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskId;

import org.osgi.annotation.versioning.ProviderType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds the plugin for a runtime; starts, watches, drains and recovers shims.
 *
 * <p>Plugins are found, replaced and lost while shims run; of several that serve a runtime the one
 * with the highest service ranking, then the highest bundle version wins new starts. Nothing that a
 * plugin said is kept: it is asked each time.
 *
 * <p><b>Threads.</b> Safe for use by many threads; starts do not wait for each other. No lock is
 * held while a plugin runs. <b>Blocking.</b> As the parameters say; {@link #find}, {@link #shims}
 * never block.
 *
 * <p><b>Configured by</b> the PID {@code io.davit.shim.manager} ({@code drain.timeout.millis},
 * {@code swap.window.millis}, …). Source of the rules: containerd's runtime v2 shim manager.
 *
 * @since 1.0
 */
@ProviderType
public interface ShimManager {
    /**
     * Says what serves a runtime.
     *
     * @param runtime the name of the runtime; not {@code null}
     * @param within the longest time the plugin may take to answer
     * @return what serves it; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the name is malformed; {@code UNAVAILABLE}
     *     if nothing serves it, naming the runtime and what is there
     */
    ShimInfo info(String runtime, Duration within) throws DavitException;

    /**
     * Lists what can run here. A plugin that does not answer is listed with an attribute {@code
     * error}.
     *
     * @param within the longest time each plugin may take to answer
     * @return sorted by runtime, the winner of each first; a copy; never {@code null}
     */
    List<ShimInfo> runtimes(Duration within);

    /**
     * Starts a shim. All or nothing.
     *
     * @param request which; not {@code null}
     * @param within the longest time it may last
     * @return the shim; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the runtime's name is malformed; {@code
     *     ALREADY_EXISTS} if a shim of this task lives; {@code UNAVAILABLE} if nothing serves the
     *     runtime; {@code DEADLINE_EXCEEDED} if the shim did not answer; otherwise the plugin's
     *     kind
     */
    Shim start(StartShim request, Duration within) throws DavitException;

    /**
     * Finds the shim of a task again, after a manager or the JVM was restarted.
     *
     * @param request which; not {@code null}
     * @param within the longest time it may last
     * @return the shim; the one that is there if it was found before, with the new listener; never
     *     {@code null}
     * @throws DavitException {@code NOT_FOUND} if it is proven dead; {@code UNAVAILABLE} if nothing
     *     serves the runtime or the shim does not answer, in which case it may be tried again
     */
    Shim attach(StartShim request, Duration within) throws DavitException;

    /**
     * Removes what a dead shim left behind: processes, containers, sockets, mounts of its own.
     *
     * @param request which; not {@code null}
     * @param within the longest time it may last
     * @return how the task ended, if that can still be known; never {@code null}
     * @throws DavitException {@code UNAVAILABLE} if nothing serves the runtime; otherwise the
     *     plugin's kind
     */
    Optional<Exit> cleanUp(StartShim request, Duration within) throws DavitException;

    /**
     * Looks up a live shim.
     *
     * @param id whose; not {@code null}
     * @return the shim; empty if there is none; never {@code null}
     */
    Optional<Shim> find(TaskId id);

    /**
     * Lists the live shims.
     *
     * @return sorted by id; a copy; never {@code null}
     */
    List<Shim> shims();
}

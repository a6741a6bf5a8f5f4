package io.davit.spi.shim;

import io.davit.api.errors.DavitException;
import io.davit.api.task.Exit;

import org.osgi.annotation.versioning.ConsumerType;

import java.time.Duration;
import java.util.Optional;

/**
 * Runs the tasks of one or more runtimes.
 *
 * <p><b>Threads.</b> Called by many threads at once, for different tasks; no lock of Davit is held.
 * <b>Blocking.</b> No call lasts longer than {@code within}; an interrupted call ends {@code
 * CANCELLED} and undoes what it did.
 *
 * <p><b>Registered with</b> {@code davit.shim.runtime} (String or String[], required), {@code
 * davit.shim.mounts} (String or String[], default none), {@code davit.shim.in.jvm} and {@code
 * davit.shim.bounded} (Boolean, default false); see the annotations of this package.
 *
 * @since 1.0
 */
@ConsumerType
public interface ShimPlugin {
    /**
     * Says what the plugin knows about a runtime. Asked at each create; what the answer claims as
     * mounts replaces {@code davit.shim.mounts}.
     *
     * @param runtime one of the runtimes it serves
     * @param within the longest time it may last
     * @return the answer; not {@code null}
     * @throws DavitException {@code UNAVAILABLE} if it cannot serve it now, with the reason
     */
    RuntimeInfo info(String runtime, Duration within) throws DavitException;

    /**
     * Starts a shim. The bundle directory holds {@code config.json} and {@code rootfs}. All or
     * nothing.
     *
     * @param context the task, and whom to tell; never {@code null}
     * @param within the longest time it may last
     * @return the shim; not {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if the options are not understood; {@code
     *     RESOURCE_EXHAUSTED} if there is no room for it; otherwise the kind that fits
     */
    ShimInstance start(ShimContext context, Duration within) throws DavitException;

    /**
     * Finds a shim again that was started earlier, by this plugin or by one before it.
     *
     * @param context the task, and whom to tell from now on; never {@code null}
     * @param within the longest time it may last
     * @return the shim; exits that happened meanwhile are told through the context; not {@code
     *     null}
     * @throws DavitException {@code NOT_FOUND} if it is proven dead; {@code UNAVAILABLE} if it does
     *     not answer
     */
    ShimInstance recover(ShimContext context, Duration within) throws DavitException;

    /**
     * Removes what a dead shim left behind. Can be repeated.
     *
     * @param context the task; never {@code null}
     * @param within the longest time it may last
     * @return how the task ended, if that can still be known; not {@code null}
     * @throws DavitException with the kind that fits if something is left
     */
    Optional<Exit> cleanUp(ShimContext context, Duration within) throws DavitException;
}

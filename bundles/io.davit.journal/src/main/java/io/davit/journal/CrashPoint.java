package io.davit.journal;

/**
 * A named place in product code at which a test kills the process.
 *
 * <p>Implemented by an enum of each owner of durable state; the enum's constant is called once at
 * its place. Off, and free once compiled, unless the process was started with the system property
 * {@value #PROPERTY}:
 *
 * <ul>
 *   <li>{@code NAME} or {@code NAME#n}: the n-th hit (the first) of that point prints the line
 *       {@code NAME#n} on standard output and blocks its thread for good, to be killed from
 *       outside;
 *   <li>{@code *}: every hit prints its line and goes on.
 * </ul>
 *
 * <p><b>Threads.</b> Any thread may hit a point.
 *
 * @since 1.0
 */
public interface CrashPoint {
    /** The system property that arms a point, read once. */
    String PROPERTY = "davit.crash.point";

    /**
     * Returns the name of this point, unique among all owners.
     *
     * @return never {@code null}
     */
    String name();

    /** Reports and blocks here if this process was started to be killed at this point. */
    default void hit() {
        if (CrashSwitch.ON) {
            CrashSwitch.hit(this);
        }
    }

    /**
     * Tells whether a test waits for this point, so that a step can be taken in halves around it.
     *
     * @return {@code false} in production
     */
    default boolean armed() {
        return CrashSwitch.ON && CrashSwitch.armed(this);
    }
}

package io.davit.api.mount;

import java.util.List;
import java.util.Objects;

/**
 * Who takes which mount of a list, and why.
 *
 * @param steps one step a mount, in list order; copied
 * @since 1.0
 */
public record MountPlan(List<Step> steps) {
    /** Copies the steps. */
    public MountPlan {
        steps = List.copyOf(steps);
    }

    /**
     * Counts the mounts that the manager performs.
     *
     * @return 0 or more
     */
    public int performed() {
        return (int) steps.stream().filter(s -> s.taker().isPerformed()).count();
    }

    /** Who takes a mount. */
    public enum Taker {
        /** A mount handler, see {@code io.davit.spi.mount.MountHandler}. */
        HANDLER,
        /** mount(2), made by the manager because something after it needs it. */
        SYSTEM_CALL,
        /** The runtime: the shim claims the type. */
        RUNTIME,
        /** The caller: nobody in Davit has to touch it. */
        CALLER;

        /**
         * Says whether the mount manager performs it.
         *
         * @return {@code true} for {@link #HANDLER} and {@link #SYSTEM_CALL}
         */
        public boolean isPerformed() {
            return this == HANDLER || this == SYSTEM_CALL;
        }
    }

    /**
     * What happens to one mount.
     *
     * @param index its place in the list, from 0
     * @param mount the mount as it was given; not {@code null}
     * @param transformers the transformers that change it, in order; copied
     * @param taker who takes it; not {@code null}
     * @param by the name of who takes it, for example a handler's component name; not {@code null}
     * @param why the reason, in words; not {@code null}
     * @param others who else could have taken it, and why not; copied
     */
    public record Step(
            int index,
            Mount mount,
            List<String> transformers,
            Taker taker,
            String by,
            String why,
            List<String> others) {
        /** Copies the lists. */
        public Step {
            Objects.requireNonNull(mount, "mount");
            transformers = List.copyOf(transformers);
            Objects.requireNonNull(taker, "taker");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(why, "why");
            others = List.copyOf(others);
        }
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is refused before the first mount: numbers, lengths and characters.
 *
 * <p>Mounts that are only handed on may hold anything, because another machine may understand it.
 */
final class MountLimits {
    /** The most mounts that are performed, and the most that are left. */
    static final int MOST_MOUNTS = 255;

    private static final int MOST_TRANSFORMERS = 4;
    private static final int MOST_OPTIONS = 64;
    private static final int MOST_BYTES = 4096;
    private static final int MOST_OPTION_BYTES = 65536;

    private MountLimits() {}

    static void requireCount(List<Mount> mounts) throws DavitException {
        if (mounts.size() > 2 * MOST_MOUNTS) {
            throw invalid("too many mounts: count=" + mounts.size());
        }
    }

    static void requireType(String type) throws DavitException {
        if (type.length() > MOST_BYTES) {
            throw invalid("mount type " + Texts.quote(type) + " is too long");
        }
    }

    static void requireChain(String type, int transformers) throws DavitException {
        if (transformers > MOST_TRANSFORMERS) {
            throw invalid(
                    "mount type "
                            + Texts.quote(type)
                            + " has more than "
                            + MOST_TRANSFORMERS
                            + " transformers");
        }
    }

    /** Checks the numbers, and what is performed or transformed. */
    static void requirePerformable(Plan plan) throws DavitException {
        requireMost("performed", plan.performed().size());
        requireMost("left to the caller", plan.left().size());
        for (PlannedMount mount : plan.mounts()) {
            if (mount.taker().isPerformed() || !mount.chain().isEmpty()) {
                requirePerformable(mount);
            }
        }
    }

    private static void requireMost(String what, int count) {
        if (count > MOST_MOUNTS) {
            throw invalid("too many mounts: " + what + "=" + count + " most=" + MOST_MOUNTS);
        }
    }

    private static void requirePerformable(PlannedMount planned) {
        Mount mount = planned.mount();
        requireText(planned, "type", mount.type(), MOST_BYTES);
        requireText(planned, "source", mount.source(), MOST_BYTES);
        requireText(planned, "target", mount.target(), MOST_BYTES);
        long counted = mount.options().stream().filter(o -> !o.startsWith("device=")).count();
        if (counted > MOST_OPTIONS) {
            throw invalid("mount " + planned.index() + " has too many options: count=" + counted);
        }
        for (String option : mount.options()) {
            requireText(planned, "option", option, MOST_OPTION_BYTES);
        }
    }

    private static void requireText(PlannedMount planned, String field, String value, int most) {
        String what = "mount " + planned.index() + ": " + field + "=" + Texts.quote(value);
        if (value.length() > most || value.getBytes(StandardCharsets.UTF_8).length > most) {
            throw invalid(what + " is longer than " + most + " bytes");
        }
        if (value.indexOf('\0') >= 0 || value.indexOf('\n') >= 0) {
            throw invalid(what + " holds a NUL or a newline");
        }
    }

    private static DavitException invalid(String why) {
        return new DavitException(Kind.INVALID_ARGUMENT, "invalid mounts: " + why);
    }
}

package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.linux.MountFlags;

import java.util.ArrayList;
import java.util.List;

/**
 * The options of a mount, sorted by who takes them.
 *
 * @param flags flags of mount(2), without propagation
 * @param propagation one call each, in order
 * @param data what is left for the filesystem, in order
 * @param loop whether the source goes through a loop device
 * @param uidMap user ids to map, as text; empty for none
 * @param gidMap group ids to map, as text; empty for none
 */
record MountOptions(
        long flags,
        List<Long> propagation,
        List<String> data,
        boolean loop,
        String uidMap,
        String gidMap) {
    private static final String FOREIGN = "X-containerd.";
    private static final String UID_MAP = "uidmap=";
    private static final String GID_MAP = "gidmap=";

    MountOptions {
        propagation = List.copyOf(propagation);
        data = List.copyOf(data);
    }

    /**
     * Reads options from left to right.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} for an option of a transformer that did not
     *     run
     */
    static MountOptions parse(List<String> options) throws DavitException {
        long flags = 0;
        List<Long> propagation = new ArrayList<>();
        List<String> data = new ArrayList<>();
        boolean loop = false;
        String uidMap = "";
        String gidMap = "";
        for (String option : options) {
            if (OptionTable.FLAGS.containsKey(option)) {
                flags = OptionTable.FLAGS.get(option).applyTo(flags);
            } else if (OptionTable.PROPAGATION.containsKey(option)) {
                propagation.add(OptionTable.PROPAGATION.get(option));
            } else if (option.equals("loop")) {
                loop = true;
            } else if (option.startsWith(UID_MAP)) {
                uidMap = option.substring(UID_MAP.length());
            } else if (option.startsWith(GID_MAP)) {
                gidMap = option.substring(GID_MAP.length());
            } else if (option.startsWith(FOREIGN)) {
                throw Failures.invalid(
                        "option of a transformer that the type does not name: option="
                                + Texts.quote(option));
            } else {
                data.add(option);
            }
        }
        return new MountOptions(flags, propagation, data, loop, uidMap, gidMap);
    }

    /** Says whether owners are mapped; one map alone has no meaning. */
    boolean isMapped() {
        return !uidMap.isEmpty() && !gidMap.isEmpty();
    }

    boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** Says whether it is a bind mount that a second call makes read-only. */
    boolean isReadOnlyBind() {
        return has(MountFlags.BIND) && has(MountFlags.RDONLY);
    }

    MountOptions withData(List<String> data) {
        return new MountOptions(flags, propagation, data, loop, uidMap, gidMap);
    }

    /** Sums the lengths of the data, without separators. */
    int dataLength() {
        return data.stream().mapToInt(String::length).sum();
    }
}

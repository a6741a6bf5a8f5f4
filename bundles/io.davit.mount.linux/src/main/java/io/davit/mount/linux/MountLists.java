package io.davit.mount.linux;

import io.davit.api.mount.Mount;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Questions about mounts, and changes of lists of them; the input stays as it is. */
final class MountLists {
    private static final String OVERLAY = "overlay";
    private static final String UPPER = "upperdir=";

    private MountLists() {}

    /** Says whether nothing can be written through a mount, whatever its transformers. */
    static boolean isReadOnly(Mount mount) {
        String type = mount.type().substring(mount.type().lastIndexOf('/') + 1);
        if (type.equals("erofs")) {
            return true;
        }
        if (!type.equals(OVERLAY)) {
            return mount.options().contains("ro");
        }
        List<String> options = Arrays.asList(String.join(",", mount.options()).split(","));
        return options.contains("ro") || options.stream().noneMatch(o -> o.startsWith(UPPER));
    }

    /** Makes mounts read-only; the upper directory of an overlay becomes its topmost lower one. */
    static List<Mount> readOnly(List<Mount> mounts) {
        return mounts.stream().map(MountLists::readOnly).toList();
    }

    private static Mount readOnly(Mount mount) {
        if (mount.type().equals(OVERLAY)) {
            return mount.withOptions(readOnlyOverlay(mount.options()));
        }
        List<String> options =
                new ArrayList<>(without(mount.options(), o -> o.equals("ro") || o.equals("rw")));
        options.add("ro");
        return mount.withOptions(options);
    }

    private static List<String> readOnlyOverlay(List<String> options) {
        String upper = "";
        for (String option : options) {
            upper = option.startsWith(UPPER) ? option.substring(UPPER.length()) + ":" : upper;
        }
        String top = upper;
        return without(options, MountLists::isForWriting).stream()
                .map(option -> onTop(option, top))
                .toList();
    }

    private static String onTop(String option, String upper) {
        String lower = OverlayOptions.LOWER;
        return option.startsWith(lower) ? lower + upper + option.substring(lower.length()) : option;
    }

    private static boolean isForWriting(String option) {
        return option.startsWith(UPPER)
                || option.startsWith("workdir=")
                || option.startsWith("uidmap=")
                || option.startsWith("gidmap=");
    }

    /** Makes overlays durable again: drops the first {@code volatile} of each. */
    static List<Mount> withoutVolatile(List<Mount> mounts) {
        return mounts.stream().map(MountLists::withoutVolatile).toList();
    }

    private static Mount withoutVolatile(Mount mount) {
        if (!mount.type().equals(OVERLAY)) {
            return mount;
        }
        List<String> options = new ArrayList<>(mount.options());
        options.stream()
                .filter(o -> o.equals("volatile") || o.equals("fsync=volatile"))
                .findFirst()
                .ifPresent(options::remove);
        return mount.withOptions(options);
    }

    /** Drops the options that map owners. */
    static List<Mount> withoutIdMaps(List<Mount> mounts) {
        return mounts.stream()
                .map(m -> m.withOptions(without(m.options(), MountLists::isIdMap)))
                .toList();
    }

    private static boolean isIdMap(String option) {
        return option.startsWith("uidmap") || option.startsWith("gidmap");
    }

    private static List<String> without(List<String> options, Predicate<String> unwanted) {
        return options.stream().filter(unwanted.negate()).toList();
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.linux.MountFlags;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The options of a mount, as mount(2) takes them.
 *
 * <p>Source: containerd's mount options, fstab(5).
 *
 * @param flags all flags but propagation
 * @param propagation the flags of a call of its own; 0 for none
 * @param data what the filesystem is told
 */
record MountOptions(long flags, long propagation, String data) {
    private static final int LONGEST_DATA = 4095;
    private static final long NO_CHANGE = 0;

    /** Option to flag; a negative flag is taken away. */
    private static final Map<String, Long> FLAGS =
            Map.ofEntries(
                    Map.entry("defaults", NO_CHANGE),
                    Map.entry("rw", -MountFlags.RDONLY),
                    Map.entry("ro", MountFlags.RDONLY),
                    Map.entry("suid", -MountFlags.NOSUID),
                    Map.entry("nosuid", MountFlags.NOSUID),
                    Map.entry("dev", -MountFlags.NODEV),
                    Map.entry("nodev", MountFlags.NODEV),
                    Map.entry("exec", -MountFlags.NOEXEC),
                    Map.entry("noexec", MountFlags.NOEXEC),
                    Map.entry("sync", MountFlags.SYNCHRONOUS),
                    Map.entry("async", -MountFlags.SYNCHRONOUS),
                    Map.entry("dirsync", MountFlags.DIRSYNC),
                    Map.entry("mand", MountFlags.MANDLOCK),
                    Map.entry("nomand", -MountFlags.MANDLOCK),
                    Map.entry("atime", -MountFlags.NOATIME),
                    Map.entry("noatime", MountFlags.NOATIME),
                    Map.entry("diratime", -MountFlags.NODIRATIME),
                    Map.entry("nodiratime", MountFlags.NODIRATIME),
                    Map.entry("relatime", MountFlags.RELATIME),
                    Map.entry("norelatime", -MountFlags.RELATIME),
                    Map.entry("strictatime", MountFlags.STRICTATIME),
                    Map.entry("nostrictatime", -MountFlags.STRICTATIME),
                    Map.entry("bind", MountFlags.BIND),
                    Map.entry("rbind", MountFlags.BIND | MountFlags.REC));

    private static final Map<String, Long> PROPAGATION =
            Map.of(
                    "private",
                    MountFlags.PRIVATE,
                    "rprivate",
                    MountFlags.PRIVATE | MountFlags.REC,
                    "shared",
                    MountFlags.SHARED,
                    "rshared",
                    MountFlags.SHARED | MountFlags.REC,
                    "slave",
                    MountFlags.SLAVE,
                    "rslave",
                    MountFlags.SLAVE | MountFlags.REC,
                    "unbindable",
                    MountFlags.UNBINDABLE,
                    "runbindable",
                    MountFlags.UNBINDABLE | MountFlags.REC);

    /**
     * Reads options.
     *
     * @throws DavitException {@code NOT_IMPLEMENTED} for those that need somebody else; {@code
     *     INVALID_ARGUMENT} if they are longer than a page
     */
    static MountOptions parse(List<String> options) throws DavitException {
        long flags = 0;
        long propagation = 0;
        List<String> data = new ArrayList<>();
        for (String option : options) {
            Long flag = FLAGS.get(option);
            if (flag != null) {
                flags = flag < 0 ? flags & ~-flag : flags | flag;
            } else if (PROPAGATION.containsKey(option)) {
                propagation = PROPAGATION.get(option);
            } else {
                data.add(requirePlain(option));
            }
        }
        String joined = String.join(",", data);
        if (joined.length() > LONGEST_DATA) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "mount options are longer than a page: characters=" + joined.length());
        }
        return new MountOptions(flags, propagation, joined);
    }

    private static String requirePlain(String option) throws DavitException {
        boolean mapped = option.startsWith("uidmap=") || option.startsWith("gidmap=");
        if (mapped || option.equals("loop") || option.startsWith("X-containerd.")) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED,
                    "mount option needs a mount handler: option=" + Texts.quote(option));
        }
        return option;
    }

    boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** The flags of the first call. */
    long first() {
        return has(MountFlags.BIND) ? flags & (MountFlags.BIND | MountFlags.REC) : flags;
    }

    /** The flags of the second call, which changes a bind mount; 0 when it needs none. */
    long second() {
        long rest = flags & ~(MountFlags.BIND | MountFlags.REC);
        return has(MountFlags.BIND) && rest != 0 ? rest | MountFlags.BIND | MountFlags.REMOUNT : 0;
    }
}

package io.davit.mount.linux;

import io.davit.linux.MountFlags;

import java.util.Map;

/**
 * What the options of a mount that are no data mean.
 *
 * <p>Source: containerd core/mount, mount(8). Other than containerd, {@code defaults} is dropped
 * and the names of propagation are known.
 */
final class OptionTable {
    /**
     * Bits that an option sets or clears.
     *
     * @param set whether it sets them
     * @param bits flags of mount(2)
     */
    record Bits(boolean set, long bits) {
        long applyTo(long flags) {
            return set ? flags | bits : flags & ~bits;
        }
    }

    static final Map<String, Bits> FLAGS =
            Map.ofEntries(
                    clears("async", MountFlags.SYNCHRONOUS),
                    clears("atime", MountFlags.NOATIME),
                    sets("bind", MountFlags.BIND),
                    clears("defaults", 0),
                    clears("dev", MountFlags.NODEV),
                    clears("diratime", MountFlags.NODIRATIME),
                    sets("dirsync", MountFlags.DIRSYNC),
                    clears("exec", MountFlags.NOEXEC),
                    sets("mand", MountFlags.MANDLOCK),
                    sets("noatime", MountFlags.NOATIME),
                    sets("nodev", MountFlags.NODEV),
                    sets("nodiratime", MountFlags.NODIRATIME),
                    sets("noexec", MountFlags.NOEXEC),
                    clears("nomand", MountFlags.MANDLOCK),
                    clears("norelatime", MountFlags.RELATIME),
                    clears("nostrictatime", MountFlags.STRICTATIME),
                    sets("nosuid", MountFlags.NOSUID),
                    sets("rbind", MountFlags.BIND | MountFlags.REC),
                    sets("relatime", MountFlags.RELATIME),
                    sets("remount", MountFlags.REMOUNT),
                    sets("ro", MountFlags.RDONLY),
                    clears("rw", MountFlags.RDONLY),
                    sets("strictatime", MountFlags.STRICTATIME),
                    clears("suid", MountFlags.NOSUID),
                    sets("sync", MountFlags.SYNCHRONOUS));

    static final Map<String, Long> PROPAGATION =
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

    private OptionTable() {}

    private static Map.Entry<String, Bits> sets(String name, long bits) {
        return Map.entry(name, new Bits(true, bits));
    }

    private static Map.Entry<String, Bits> clears(String name, long bits) {
        return Map.entry(name, new Bits(false, bits));
    }
}

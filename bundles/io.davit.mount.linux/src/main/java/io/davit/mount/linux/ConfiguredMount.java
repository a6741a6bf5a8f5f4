package io.davit.mount.linux;

import io.davit.linux.DetachedMount;
import io.davit.linux.FilesystemContext;
import io.davit.linux.LinuxException;
import io.davit.linux.MountFlags;

import java.util.List;
import java.util.Set;

/**
 * A mount made by the newer calls: its options one by one, of any length.
 *
 * <p>Source: containerd internal/fsmount, mount_setattr(2).
 */
final class ConfiguredMount {
    private static final Set<String> QUOTED =
            Set.of("context", "fscontext", "defcontext", "rootcontext");
    private static final long ATTR_NOATIME = 0x10;
    private static final long ATTR_STRICTATIME = 0x20;
    private static final long ATTR_NODIRATIME = 0x80;
    private static final long SAME_ATTRIBUTES =
            MountFlags.RDONLY | MountFlags.NOSUID | MountFlags.NODEV | MountFlags.NOEXEC;

    private ConfiguredMount() {}

    /**
     * Makes a mount that is nowhere yet.
     *
     * @param flags flags of mount(2)
     * @param data the filesystem's options: {@code key=value} or {@code key}
     */
    static DetachedMount make(String type, String source, long flags, List<String> data)
            throws LinuxException {
        try (FilesystemContext context = FilesystemContext.open(type)) {
            if (!source.isEmpty()) {
                context.string("source", source);
            }
            setIf(context, flags, MountFlags.RDONLY, "ro");
            setIf(context, flags, MountFlags.SYNCHRONOUS, "sync");
            setIf(context, flags, MountFlags.DIRSYNC, "dirsync");
            for (String option : data) {
                set(context, option);
            }
            context.create();
            return context.mount(attributes(flags));
        }
    }

    private static void setIf(FilesystemContext context, long flags, long flag, String name)
            throws LinuxException {
        if ((flags & flag) != 0) {
            context.flag(name);
        }
    }

    private static void set(FilesystemContext context, String option) throws LinuxException {
        int equals = option.indexOf('=');
        if (equals < 0) {
            context.flag(option);
            return;
        }
        String key = option.substring(0, equals);
        String value = option.substring(equals + 1);
        context.string(key, QUOTED.contains(key) ? unquoted(value) : value);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static long attributes(long flags) {
        long attributes = flags & SAME_ATTRIBUTES;
        attributes |= (flags & MountFlags.NOATIME) != 0 ? ATTR_NOATIME : 0;
        attributes |= (flags & MountFlags.STRICTATIME) != 0 ? ATTR_STRICTATIME : 0;
        return attributes | ((flags & MountFlags.NODIRATIME) != 0 ? ATTR_NODIRATIME : 0);
    }
}

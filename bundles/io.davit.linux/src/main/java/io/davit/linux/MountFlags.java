package io.davit.linux;

/** Flags of mount(2), umount2(2) and mount_setattr(2), with the kernel's values. */
public final class MountFlags {
    /** Read-only. */
    public static final long RDONLY = 0x1;

    /** Set-id bits have no effect. */
    public static final long NOSUID = 0x2;

    /** Device files cannot be opened. */
    public static final long NODEV = 0x4;

    /** Nothing can be executed. */
    public static final long NOEXEC = 0x8;

    /** Writes wait for the disk. */
    public static final long SYNCHRONOUS = 0x10;

    /** Changes a mount that exists. */
    public static final long REMOUNT = 0x20;

    /** Mandatory locks. */
    public static final long MANDLOCK = 0x40;

    /** Changes of directories wait for the disk. */
    public static final long DIRSYNC = 0x80;

    /** Access times are not kept. */
    public static final long NOATIME = 0x400;

    /** Access times of directories are not kept. */
    public static final long NODIRATIME = 0x800;

    /** Shows a directory at another place. */
    public static final long BIND = 0x1000;

    /** With {@link #BIND} or a propagation: what is mounted below as well. */
    public static final long REC = 0x4000;

    /** No messages in the kernel's log. */
    public static final long SILENT = 0x8000;

    /** Propagation: cannot be bound. */
    public static final long UNBINDABLE = 1 << 17;

    /** Propagation: none. */
    public static final long PRIVATE = 1 << 18;

    /** Propagation: receives only. */
    public static final long SLAVE = 1 << 19;

    /** Propagation: sends and receives. */
    public static final long SHARED = 1 << 20;

    /** Access times are kept when older than the change. */
    public static final long RELATIME = 1 << 21;

    /** Access times are always kept. */
    public static final long STRICTATIME = 1 << 24;

    /** umount2: takes it out of the tree at once, also when busy. */
    public static final int UMOUNT_DETACH = 2;

    /** umount2: does not follow a link. */
    public static final int UMOUNT_NOFOLLOW = 8;

    /** mount_setattr: read-only. */
    public static final long ATTR_RDONLY = 0x1;

    /** mount_setattr: owners are mapped. */
    public static final long ATTR_IDMAP = 0x100000;

    private MountFlags() {}
}

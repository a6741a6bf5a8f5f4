package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) says about a file.
 *
 * @param type what it is
 * @param mode permission bits with set-id and sticky bits, 0 to 07777
 * @param uid owner
 * @param gid group
 * @param links number of hard links
 * @param size bytes
 * @param blocks blocks of 512 bytes that are really used
 * @param inode inode number
 * @param device device of the filesystem, see {@link #device(int, int)}
 * @param special for a device file: which device it stands for, in the same form
 * @param mountId the mount it was reached through, as in {@link MountEntry#id}; -1 if the kernel
 *     does not tell (before 5.8)
 * @param mountRoot whether it is the root of a mount; false as well if the kernel does not tell
 */
public record FileStatus(
        FileType type,
        int mode,
        int uid,
        int gid,
        long links,
        long size,
        long blocks,
        long inode,
        long device,
        long special,
        long mountId,
        boolean mountRoot) {
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int BASIC = 0x7ff;
    private static final int MOUNT_ID = 0x1000;
    private static final long ATTRIBUTE_MOUNT_ROOT = 0x2000;
    private static final int SIZE = 256;
    private static final byte[] SELF = {0};

    /** Says whether it is a directory. */
    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** Says whether two statuses are of one file: same device and inode. */
    public boolean sameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }

    /** Joins the parts of a device number, so that both can be compared and split again. */
    public static long device(int major, int minor) {
        return ((long) major << 32) | (minor & 0xffffffffL);
    }

    /**
     * Reads the status of what is at an absolute path that the caller trusts; links are followed.
     */
    public static FileStatus at(String path) throws LinuxException {
        return read(-1, LibC.text(path), 0, path);
    }

    /** Reads the status of an open descriptor. */
    static FileStatus of(int fd, String path) throws LinuxException {
        return read(fd, SELF, AT_EMPTY_PATH, path);
    }

    /** Reads the status of a name in a directory, without following it. */
    static FileStatus of(int dir, byte[] name, String path) throws LinuxException {
        return read(dir, name, AT_SYMLINK_NOFOLLOW, path);
    }

    private static FileStatus read(int dir, byte[] name, int flags, String path)
            throws LinuxException {
        byte[] buffer = new byte[SIZE];
        LibC.check(LibC.statx(dir, name, flags, BASIC | MOUNT_ID, buffer), "statx", path);
        return parse(ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder()));
    }

    private static FileStatus parse(ByteBuffer b) {
        int mode = Short.toUnsignedInt(b.getShort(28));
        boolean hasMountId = (b.getInt(0) & MOUNT_ID) != 0;
        return new FileStatus(
                FileType.ofMode(mode),
                mode & 07777,
                b.getInt(20),
                b.getInt(24),
                Integer.toUnsignedLong(b.getInt(16)),
                b.getLong(40),
                b.getLong(48),
                b.getLong(32),
                device(b.getInt(136), b.getInt(140)),
                device(b.getInt(128), b.getInt(132)),
                hasMountId ? b.getLong(144) : -1,
                (b.getLong(8) & ATTRIBUTE_MOUNT_ROOT) != 0);
    }
}

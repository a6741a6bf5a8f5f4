package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statfs(2) says about the filesystem of a path.
 *
 * @param magic which filesystem, for example {@link #FUSE}
 * @param blockSize bytes of a block
 * @param blocks blocks in all
 * @param available blocks that an ordinary user can still take
 * @param flags mount flags as of {@link MountFlags}; {@code RELATIME} translated
 */
public record FilesystemStatus(
        long magic, long blockSize, long blocks, long available, long flags) {
    /** The magic number of FUSE filesystems. */
    public static final long FUSE = 0x65735546L;

    private static final int SIZE = 256;
    private static final long ST_RELATIME = 0x1000;
    private static final long SAME_BITS =
            MountFlags.RDONLY
                    | MountFlags.NOSUID
                    | MountFlags.NODEV
                    | MountFlags.NOEXEC
                    | MountFlags.SYNCHRONOUS
                    | MountFlags.MANDLOCK
                    | MountFlags.NOATIME
                    | MountFlags.NODIRATIME;

    /** Asks for the filesystem that a path lies on; links are followed. */
    public static FilesystemStatus of(String path) throws LinuxException {
        byte[] buffer = new byte[SIZE];
        LibC.check(LibC.statfs(LibC.text(path), buffer), "statfs", path);
        ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        long flags = b.getLong(80);
        long relatime = (flags & ST_RELATIME) != 0 ? MountFlags.RELATIME : 0;
        return new FilesystemStatus(
                b.getLong(0),
                b.getLong(8),
                b.getLong(16),
                b.getLong(32),
                flags & SAME_BITS | relatime);
    }

    /** Returns how many bytes an ordinary user can still write. */
    public long availableBytes() {
        return Math.multiplyExact(available, blockSize);
    }
}

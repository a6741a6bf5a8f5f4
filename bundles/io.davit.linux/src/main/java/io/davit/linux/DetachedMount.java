package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A mount that is nowhere in the tree yet. Closing it before {@link #attach} drops it.
 *
 * <p>Source: open_tree(2), mount_setattr(2), move_mount(2); Linux 5.2, id mapping 5.12. Older
 * kernels answer {@code ENOSYS}.
 */
public final class DetachedMount implements AutoCloseable {
    private static final long OPEN_TREE = 428;
    private static final long MOVE_MOUNT = 429;
    private static final long MOUNT_SETATTR = 442;
    private static final long AT_FDCWD = -100;
    private static final long AT_EMPTY_PATH = 0x1000;
    private static final long AT_RECURSIVE = 0x8000;
    private static final long AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long CLONE = 1;
    private static final long CLOEXEC = OpenFlag.CLOEXEC;
    private static final long MOVE_FROM_DESCRIPTOR = 0x4;
    private static final long MOVE_TO_DESCRIPTOR = 0x40;
    private static final int ATTRIBUTES_SIZE = 32;
    private static final byte[] SELF = {0};

    private final Descriptor descriptor;

    DetachedMount(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Clones what is mounted at a path, as a bind mount would.
     *
     * @param path an absolute path, not followed if it is a link itself
     * @param recursive whether to take what is mounted below as well
     */
    public static DetachedMount cloneOf(String path, boolean recursive) throws LinuxException {
        long flags = CLONE | CLOEXEC | AT_SYMLINK_NOFOLLOW | (recursive ? AT_RECURSIVE : 0);
        long fd = LibC.syscall(OPEN_TREE, AT_FDCWD, LibC.text(path), flags);
        LibC.check(fd, "open_tree", path);
        return new DetachedMount(new Descriptor((int) fd, path));
    }

    /** Clones what is at a place that was opened before. */
    public static DetachedMount cloneOf(Descriptor place, boolean recursive) throws LinuxException {
        long flags = CLONE | CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
        long fd = place.use(from -> LibC.syscall(OPEN_TREE, from, SELF, flags));
        LibC.check(fd, "open_tree", place.path());
        return new DetachedMount(new Descriptor((int) fd, place.path()));
    }

    /**
     * Sets attributes of this mount and those below it.
     *
     * @param set {@code ATTR_…} of {@link MountFlags}
     * @param propagation {@link MountFlags#PRIVATE} and the like, or 0
     */
    public void setAttributes(long set, long propagation) throws LinuxException {
        setAttributes(set, propagation, 0);
    }

    /**
     * Maps the owners of files through a user namespace.
     *
     * @param userNamespace the namespace's descriptor; may be closed afterwards
     * @param more further {@code ATTR_…} to set
     */
    public void mapOwners(Descriptor userNamespace, long more) throws LinuxException {
        userNamespace.use(
                fd -> {
                    setAttributes(MountFlags.ATTR_IDMAP | more, MountFlags.PRIVATE, fd);
                    return null;
                });
    }

    private void setAttributes(long set, long propagation, long namespace) throws LinuxException {
        ByteBuffer b = ByteBuffer.allocate(ATTRIBUTES_SIZE).order(ByteOrder.nativeOrder());
        b.putLong(set).putLong(0).putLong(propagation).putLong(namespace);
        long flags = AT_EMPTY_PATH | AT_RECURSIVE;
        long result =
                descriptor.use(
                        fd ->
                                LibC.syscall(
                                        MOUNT_SETATTR,
                                        fd,
                                        SELF,
                                        flags,
                                        b.array(),
                                        ATTRIBUTES_SIZE));
        LibC.check(result, "mount_setattr", descriptor.path());
    }

    /** Puts it on a path. Afterwards closing this object leaves it there. */
    public void attach(String target) throws LinuxException {
        byte[] to = LibC.text(target);
        move(AT_FDCWD, to, MOVE_FROM_DESCRIPTOR, target);
    }

    /** Puts it on a place that was opened before. */
    public void attach(Descriptor target) throws LinuxException {
        long flags = MOVE_FROM_DESCRIPTOR | MOVE_TO_DESCRIPTOR;
        target.use(to -> move(to, SELF, flags, target.path()));
    }

    private Void move(long toDir, byte[] to, long flags, String path) throws LinuxException {
        long result = descriptor.use(fd -> LibC.syscall(MOVE_MOUNT, fd, SELF, toDir, to, flags));
        LibC.check(result, "move_mount", path);
        return null;
    }

    /** Returns a path that leads into it while it is open. */
    public String procPath() {
        return descriptor.procPath().toString();
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

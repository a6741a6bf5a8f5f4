package io.davit.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A copy of this process's mounts with one of them taken away, for programs that are started in it
 * with {@code nsenter --mount=PATH}. It lasts until it is closed or the last of them has ended.
 *
 * <p>What is mounted here later arrives there only below mounts that are shared. Needs root.
 *
 * <p>Source: mount_namespaces(7). A thread named {@code davit-mount-namespace} holds it.
 */
public final class MountNamespace implements AutoCloseable {
    private static final int CLONE_NEWNS = 0x20000;
    private static final long MAKE_SECONDS = 60;

    private final String hidden;
    private final CountDownLatch made = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Set before {@code made} is counted down: this or {@code failure}. */
    private String path;

    private LinuxException failure;

    private MountNamespace(String hidden) {
        this.hidden = hidden;
    }

    /**
     * Makes a namespace.
     *
     * @param mountPoint the absolute path of the mount to take away
     * @throws LinuxException {@code EINVAL} if nothing is mounted there; {@code EPERM} without root
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static MountNamespace without(String mountPoint)
            throws LinuxException, InterruptedException {
        MountNamespace namespace = new MountNamespace(mountPoint);
        // Only a thread can leave the mounts of its process, and it cannot come back.
        Thread thread = new Thread(namespace::hold, "davit-mount-namespace");
        thread.setDaemon(true);
        thread.start();
        try {
            namespace.awaitMade();
            return namespace;
        } catch (LinuxException | InterruptedException e) {
            namespace.close();
            throw e;
        }
    }

    private void awaitMade() throws LinuxException, InterruptedException {
        if (!made.await(MAKE_SECONDS, TimeUnit.SECONDS)) {
            throw new LinuxException(Errno.ETIMEDOUT, "unshare", hidden, "still copying mounts");
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void hold() {
        try {
            LibC.check(LibC.unshare(CLONE_NEWNS), "unshare", hidden);
            Mounts.mount("", "/", "", MountFlags.REC | MountFlags.SLAVE, "");
            Mounts.unmount(hidden, MountFlags.UMOUNT_DETACH);
            path = "/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/mnt";
        } catch (LinuxException e) {
            failure = e;
        } catch (IOException e) {
            failure = new LinuxException(Errno.EIO, "readlink", "/proc/thread-self", "");
        } finally {
            made.countDown();
        }
        awaitClosed();
    }

    private void awaitClosed() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the path of the namespace, valid until it is closed. */
    public String path() {
        return path;
    }

    /** Lets go of it. */
    @Override
    public void close() {
        closed.countDown();
    }
}

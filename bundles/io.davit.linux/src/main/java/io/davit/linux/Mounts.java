package io.davit.linux;

import java.util.concurrent.atomic.AtomicReference;

/** The classic mount calls. Paths are absolute unless a working directory is given. */
public final class Mounts {
    private static final int CLONE_FS = 0x200;
    private static final long JOIN_MILLIS = 60_000;

    private Mounts() {}

    /**
     * Calls mount(2).
     *
     * @param source device, path or text; may be empty
     * @param target an existing path
     * @param type filesystem type; may be empty
     * @param flags see {@link MountFlags}
     * @param data the filesystem's options; less than a page
     */
    public static void mount(String source, String target, String type, long flags, String data)
            throws LinuxException {
        int result =
                LibC.mount(
                        LibC.text(source),
                        LibC.text(target),
                        LibC.text(type),
                        flags,
                        data.isEmpty() ? null : LibC.text(data));
        LibC.check(result, "mount", target);
    }

    /**
     * Calls mount(2) with another working directory, from which relative paths in the data start.
     *
     * <p>The directory changes for a thread made for this call alone; it waits for that thread at
     * most a minute.
     *
     * @param workingDirectory an absolute path
     */
    public static void mountFrom(
            String workingDirectory,
            String source,
            String target,
            String type,
            long flags,
            String data)
            throws LinuxException {
        AtomicReference<LinuxException> failure = new AtomicReference<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                enter(workingDirectory);
                                mount(source, target, type, flags, data);
                            } catch (LinuxException e) {
                                failure.set(e);
                            }
                        },
                        "davit-mount");
        thread.setDaemon(true);
        thread.start();
        join(thread, target);
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Gives the calling thread a working directory of its own; it must end afterwards. */
    private static void enter(String directory) throws LinuxException {
        LibC.check(LibC.unshare(CLONE_FS), "unshare", directory);
        LibC.check(LibC.chdir(LibC.text(directory)), "chdir", directory);
    }

    private static void join(Thread thread, String target) throws LinuxException {
        boolean interrupted = false;
        long end = System.nanoTime() + JOIN_MILLIS * 1_000_000;
        // A mount cannot be taken back half-way: the interrupt is kept for after it.
        for (long left = JOIN_MILLIS; thread.isAlive() && left > 0; ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = (end - System.nanoTime()) / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new LinuxException(Errno.ETIMEDOUT, "mount", target, "still mounting");
        }
    }

    /** Returns the bytes of a page, which the data of {@link #mount} has to be shorter than. */
    public static int pageSize() {
        return LibC.getpagesize();
    }

    /**
     * Calls umount2(2) on the topmost mount at a path.
     *
     * @param flags see {@link MountFlags}
     */
    public static void unmount(String target, int flags) throws LinuxException {
        LibC.check(LibC.umount2(LibC.text(target), flags), "umount2", target);
    }
}

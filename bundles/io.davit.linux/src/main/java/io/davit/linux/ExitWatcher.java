package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when processes end; one thread for all of them.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Callbacks run one after the other on the
 * watcher's thread {@code davit-exit-watcher} (a daemon) without a lock held, and must not block.
 */
public final class ExitWatcher implements AutoCloseable {
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int IN = 1;
    private static final int ONE_SHOT = 1 << 30;
    private static final int BATCH = 64;
    private static final long JOIN_MILLIS = 2000;
    private static final long WAKE_KEY = 0;
    // The structure is packed on x86-64 alone.
    private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int KEY_AT = PACKED ? 4 : 8;

    private final Descriptor epoll;
    private final Descriptor wake;
    private final AtomicLong keys = new AtomicLong(WAKE_KEY);
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final Thread thread;

    /** Set once; read by the thread after each wake-up. */
    private volatile boolean closed;

    private ExitWatcher(Descriptor epoll, Descriptor wake) {
        this.epoll = epoll;
        this.wake = wake;
        this.thread = new Thread(this::run, "davit-exit-watcher");
        this.thread.setDaemon(true);
    }

    /** Starts a watcher. */
    public static ExitWatcher start() throws LinuxException {
        Descriptor epoll = owned(LibC.epoll_create1(OpenFlag.CLOEXEC), "epoll");
        try {
            int flags = OpenFlag.CLOEXEC | OpenFlag.NONBLOCK.bits();
            ExitWatcher watcher = new ExitWatcher(epoll, owned(LibC.eventfd(0, flags), "eventfd"));
            watcher.wake.use(fd -> watcher.control(ADD, fd, IN, WAKE_KEY));
            watcher.thread.start();
            return watcher;
        } catch (LinuxException e) {
            epoll.close();
            throw e;
        }
    }

    private static Descriptor owned(int fd, String what) throws LinuxException {
        return new Descriptor(LibC.check(fd, what, ""), what);
    }

    /**
     * Watches a process.
     *
     * @param process stays open until the watch is closed or has fired
     * @param whenExited called once, at once if it has ended already
     * @return the watch; closing it ends it without a call
     */
    public Watch watch(PidFd process, Runnable whenExited) throws LinuxException {
        Watch watch = new Watch(keys.incrementAndGet(), process, whenExited);
        watches.put(watch.key, watch);
        try {
            process.use(fd -> control(ADD, fd, IN | ONE_SHOT, watch.key));
        } catch (LinuxException e) {
            watches.remove(watch.key);
            throw e;
        }
        return watch;
    }

    private Void control(int operation, int fd, int events, long key) throws LinuxException {
        ByteBuffer event = ByteBuffer.allocate(EVENT_SIZE).order(ByteOrder.nativeOrder());
        event.putInt(0, events).putLong(KEY_AT, key);
        int result = epoll.use(e -> LibC.epoll_ctl(e, operation, fd, event.array()));
        LibC.check(result, "epoll_ctl", epoll.path());
        return null;
    }

    private void run() {
        byte[] events = new byte[BATCH * EVENT_SIZE];
        while (!closed) {
            int count;
            try {
                count = epoll.use(fd -> LibC.epoll_wait(fd, events, BATCH, -1));
            } catch (LinuxException e) {
                return;
            }
            ByteBuffer b = ByteBuffer.wrap(events).order(ByteOrder.nativeOrder());
            for (int i = 0; i < count && !closed; i++) {
                fire(watches.remove(b.getLong(i * EVENT_SIZE + KEY_AT)));
            }
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one callback must not stop the others' news
    private static void fire(Watch watch) {
        if (watch == null) {
            return;
        }
        try {
            watch.whenExited.run();
        } catch (RuntimeException e) {
            Thread.UncaughtExceptionHandler handler =
                    Thread.currentThread().getUncaughtExceptionHandler();
            handler.uncaughtException(Thread.currentThread(), e);
        }
    }

    /** Stops the thread, which is awaited at most two seconds, and forgets all watches. */
    @Override
    public void close() {
        closed = true;
        try {
            byte[] one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
            wake.write(one);
            if (Thread.currentThread() != thread) {
                thread.join(JOIN_MILLIS);
            }
        } catch (LinuxException ignored) {
            // Closed before.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        epoll.close();
        wake.close();
        watches.clear();
    }

    /** One process under watch. */
    public final class Watch implements AutoCloseable {
        private final long key;
        private final PidFd process;
        private final Runnable whenExited;

        private Watch(long key, PidFd process, Runnable whenExited) {
            this.key = key;
            this.process = process;
            this.whenExited = whenExited;
        }

        /** Ends the watch. A call that has begun goes on. */
        @Override
        public void close() {
            if (watches.remove(key) == null) {
                return;
            }
            try {
                process.use(fd -> control(DELETE, fd, 0, key));
            } catch (LinuxException ignored) {
                // Watcher or process descriptor are closed: then the kernel has forgotten it.
            }
        }
    }
}

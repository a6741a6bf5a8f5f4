package io.davit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when descriptors can be read without waiting: because there is something, or because the
 * other side has gone. One thread for all of them. Not for regular files, which can always be read.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Callbacks run one after the other on the
 * watcher's thread (a daemon) without a lock held, and must not block.
 */
public final class ReadWatcher implements AutoCloseable {
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
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

    private ReadWatcher(Descriptor epoll, Descriptor wake, String name) {
        this.epoll = epoll;
        this.wake = wake;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /**
     * Starts a watcher.
     *
     * @param name the name of its thread
     */
    public static ReadWatcher start(String name) throws LinuxException {
        Descriptor epoll = owned(LibC.epoll_create1(OpenFlag.CLOEXEC), "epoll");
        try {
            int flags = OpenFlag.CLOEXEC | OpenFlag.NONBLOCK.bits();
            Descriptor wake = owned(LibC.eventfd(0, flags), "eventfd");
            ReadWatcher watcher = new ReadWatcher(epoll, wake, name);
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
     * Watches a descriptor.
     *
     * @param descriptor stays open until the watch is closed
     * @param whenReadable called once, at once if it can be read already; again after each {@link
     *     Watch#rearm}
     * @return the watch
     */
    public Watch watch(Descriptor descriptor, Runnable whenReadable) throws LinuxException {
        return add(new Watch(keys.incrementAndGet(), descriptor, whenReadable, false));
    }

    /** Watches a descriptor until its callback is called; it may be closed then. */
    Watch watchOnce(Descriptor descriptor, Runnable whenReadable) throws LinuxException {
        return add(new Watch(keys.incrementAndGet(), descriptor, whenReadable, true));
    }

    private Watch add(Watch watch) throws LinuxException {
        watches.put(watch.key, watch);
        try {
            watch.descriptor.use(fd -> control(ADD, fd, IN | ONE_SHOT, watch.key));
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
                fire(watches.get(b.getLong(i * EVENT_SIZE + KEY_AT)));
            }
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // one callback must not stop the others' news
    private void fire(Watch watch) {
        if (watch == null) {
            return;
        }
        if (watch.once) {
            watches.remove(watch.key);
        }
        try {
            watch.whenReadable.run();
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

    /** One descriptor under watch. */
    public final class Watch implements AutoCloseable {
        private final long key;
        private final Descriptor descriptor;
        private final Runnable whenReadable;
        private final boolean once;

        private Watch(long key, Descriptor descriptor, Runnable whenReadable, boolean once) {
            this.key = key;
            this.descriptor = descriptor;
            this.whenReadable = whenReadable;
            this.once = once;
        }

        /** Has the callback called once more. */
        public void rearm() throws LinuxException {
            if (watches.containsKey(key)) {
                descriptor.use(fd -> control(MODIFY, fd, IN | ONE_SHOT, key));
            }
        }

        /** Ends the watch. A call that has begun goes on. Repeated calls have no effect. */
        @Override
        public void close() {
            if (watches.remove(key) == null) {
                return;
            }
            try {
                descriptor.use(fd -> control(DELETE, fd, 0, key));
            } catch (LinuxException ignored) {
                // Watcher or descriptor are closed: then the kernel has forgotten it.
            }
        }
    }
}

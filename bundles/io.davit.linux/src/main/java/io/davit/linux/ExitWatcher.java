package io.davit.linux;

/**
 * Tells when processes end; one thread for all of them.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Callbacks run one after the other on the
 * watcher's thread {@code davit-exit-watcher} (a daemon) without a lock held, and must not block.
 */
public final class ExitWatcher implements AutoCloseable {
    private final ReadWatcher watcher;

    private ExitWatcher(ReadWatcher watcher) {
        this.watcher = watcher;
    }

    /** Starts a watcher. */
    public static ExitWatcher start() throws LinuxException {
        return new ExitWatcher(ReadWatcher.start("davit-exit-watcher"));
    }

    /**
     * Watches a process.
     *
     * @param process stays open until the watch is closed or has fired
     * @param whenExited called once, at once if it has ended already
     * @return the watch; closing it ends it without a call
     */
    public Watch watch(PidFd process, Runnable whenExited) throws LinuxException {
        return new Watch(watcher.watchOnce(process.descriptor(), whenExited));
    }

    /** Stops the thread, which is awaited at most two seconds, and forgets all watches. */
    @Override
    public void close() {
        watcher.close();
    }

    /** One process under watch. */
    public static final class Watch implements AutoCloseable {
        private final ReadWatcher.Watch watch;

        private Watch(ReadWatcher.Watch watch) {
            this.watch = watch;
        }

        /** Ends the watch. A call that has begun goes on. */
        @Override
        public void close() {
            watch.close();
        }
    }
}

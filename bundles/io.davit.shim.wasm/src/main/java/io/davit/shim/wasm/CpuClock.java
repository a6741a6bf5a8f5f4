package io.davit.shim.wasm;

/** The processor time of one process on one thread, from its start to its end. */
final class CpuClock {
    private final CpuTimes times;
    private volatile Thread thread;
    private volatile long start;
    private volatile long total;

    CpuClock(CpuTimes times) {
        this.times = times;
    }

    /** The thread begins with it; a thread that was used before has spent some time already. */
    void start(Thread now) {
        start = times.spentIfLoaded(now);
        thread = now;
    }

    /** The thread is through with it. */
    void stop() {
        total = nanos();
        thread = null;
    }

    long nanos() {
        Thread now = thread;
        return now == null ? total : Math.max(0, times.spentIfLoaded(now) - start);
    }
}

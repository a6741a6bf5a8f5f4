package io.davit.shim.wasm;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of threads. What the platform needs for that is loaded when first wanted. */
final class CpuTimes {
    private volatile ThreadMXBean bean;

    void load() {
        if (bean == null) {
            bean = ManagementFactory.getThreadMXBean();
        }
    }

    /** What a thread has spent; 0 if nobody wanted to know until now. */
    long spentIfLoaded(Thread thread) {
        ThreadMXBean now = bean;
        return now == null ? 0 : Math.max(0, now.getThreadCpuTime(thread.getId()));
    }
}

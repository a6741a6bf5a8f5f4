package io.davit.journal;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;

/** Which {@link CrashPoint} this process was started to die at: a constant. */
final class CrashSwitch {
    private static final String WANTED = System.getProperty(CrashPoint.PROPERTY, "");

    /** Whether any point is armed. */
    static final boolean ON = !WANTED.isEmpty();

    private static final boolean TRACE = "*".equals(WANTED);

    private CrashSwitch() {}

    static boolean armed(CrashPoint point) {
        return TRACE || point.name().equals(nameOf(WANTED));
    }

    static void hit(CrashPoint point) {
        if (!armed(point)) {
            return;
        }
        String hit = point.name() + "#" + Hits.COUNTS.merge(point.name(), 1, Integer::sum);
        if (TRACE) {
            System.out.println(hit);
        } else if (hit.equals(WANTED.indexOf('#') < 0 ? WANTED + "#1" : WANTED)) {
            System.out.println(hit);
            System.out.flush();
            block();
        }
    }

    private static String nameOf(String wanted) {
        int hash = wanted.indexOf('#');
        return hash < 0 ? wanted : wanted.substring(0, hash);
    }

    /** An interrupt does not end it: only SIGKILL does. */
    private static void block() {
        while (true) {
            LockSupport.park(CrashSwitch.class);
            Thread.interrupted();
        }
    }

    /** Loaded only in a process that is there to be killed. */
    private static final class Hits {
        private static final ConcurrentMap<String, Integer> COUNTS = new ConcurrentHashMap<>();

        private Hits() {}
    }
}

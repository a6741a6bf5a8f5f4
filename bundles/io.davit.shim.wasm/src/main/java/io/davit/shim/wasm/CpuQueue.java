package io.davit.shim.wasm;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets only so many guests compute at once. A guest that waits in a host call does not count; when
 * others wait for their turn, those who compute take turns with them.
 */
final class CpuQueue {
    private static final long SLICE_MILLIS = 20;

    private final Semaphore turns;
    private final Set<GuestControl> computing = ConcurrentHashMap.newKeySet();

    CpuQueue(int most) {
        this.turns = new Semaphore(most, true);
    }

    /** Waits for a turn; one who has waited a while asks those who compute to let it in. */
    void enter(GuestControl guest) throws InterruptedException {
        // Without a time it would not queue behind those who wait.
        if (!turns.tryAcquire(0, TimeUnit.MILLISECONDS)) {
            while (!turns.tryAcquire(SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
                for (GuestControl each : computing) {
                    each.askToYield();
                }
            }
        }
        computing.add(guest);
    }

    void leave(GuestControl guest) {
        if (computing.remove(guest)) {
            turns.release();
        }
    }
}

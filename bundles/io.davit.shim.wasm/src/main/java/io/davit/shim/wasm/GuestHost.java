package io.davit.shim.wasm;

import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Instant;

/** What all guests of a plugin share of the host: clocks and randomness. Safe for many threads. */
final class GuestHost {
    private final long resolutionNanos;
    private final long originNanos = System.nanoTime() - 1_000_000_000L;

    /** Made when first needed, because that takes a while. */
    private volatile SecureRandom random;

    /** Clocks are coarsened to the resolution given. */
    GuestHost(long resolutionNanos) {
        this.resolutionNanos = resolutionNanos;
    }

    long resolutionNanos() {
        return resolutionNanos;
    }

    private long coarse(long nanos) {
        return resolutionNanos <= 1 ? nanos : nanos - Math.floorMod(nanos, resolutionNanos);
    }

    long realTime() {
        Instant now = Instant.now();
        return coarse(now.getEpochSecond() * 1_000_000_000L + now.getNano());
    }

    /** A clock that never goes back; its start means nothing, but it is never negative. */
    long monotonicTime() {
        return coarse(System.nanoTime() - originNanos);
    }

    /** The processor time of the thread that asks. */
    long cpuTime() {
        return coarse(Math.max(0, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()));
    }

    byte[] random(int count) {
        SecureRandom source = random;
        if (source == null) {
            source = new SecureRandom();
            random = source;
        }
        byte[] bytes = new byte[count];
        source.nextBytes(bytes);
        return bytes;
    }
}

package io.davit.shim.wasm;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for processes that the operating system does not know: from 2^30 on, above every process
 * id of Linux (at most 2^22) and macOS, and below 2^31. Two plugins in one JVM start at random.
 */
final class Pids {
    private static final long FIRST = 1L << 30;

    private final AtomicLong next = new AtomicLong(ThreadLocalRandom.current().nextLong(FIRST));

    long next() {
        return FIRST + next.getAndIncrement() % FIRST;
    }
}

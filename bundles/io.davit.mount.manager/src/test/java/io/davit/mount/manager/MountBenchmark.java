package io.davit.mount.manager;

import static io.davit.mount.manager.ManagerFixture.name;
import static io.davit.mount.manager.ManagerFixture.request;

import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.spi.mount.MountHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Prints how long activating and deactivating takes with a handler that does nothing, and how many
 * of both are done in a second by many callers. Asserts nothing; not part of the build.
 *
 * <p>The directory is the JVM's temporary one: on tmpfs the figures leave out the disk.
 */
class MountBenchmark {
    private static final int WARM = 2_000;
    private static final int ROUNDS = 2_000;
    private static final int CALLERS = 32;
    private static final int EACH = 500;

    @TempDir Path base;

    /** Does nothing. */
    private static final class Nothing implements MountHandler {
        @Override
        public ActiveMount mount(Mount mount, String at, List<ActiveMount> before) {
            return new ActiveMount(mount, at, null, Map.of());
        }

        @Override
        public void unmount(String mountPoint) {
            // nothing was mounted
        }
    }

    @Test
    void print_figures() throws Exception {
        print(base);
    }

    /**
     * Prints the figures of a directory.
     *
     * @param args the directory, which stays
     */
    public static void main(String[] args) throws Exception {
        print(Path.of(args[0]));
    }

    private static void print(Path directory) throws Exception {
        ManagerFixture fixture = new ManagerFixture(directory.toRealPath());
        fixture.handle("noop", new Nothing());
        try (fixture) {
            MountCalls manager = fixture.open();
            one(manager, WARM);
            long[][] times = one(manager, ROUNDS);
            System.out.printf(
                    "1 caller: activate p50 %d us, deactivate p50 %d us, both p50 %d us p90 %d us"
                            + " p99 %d us, load %.1f%n",
                    micros(times[0], 50),
                    micros(times[1], 50),
                    micros(sums(times), 50),
                    micros(sums(times), 90),
                    micros(sums(times), 99),
                    load());
            many(manager);
            long cpu = cpuNanos();
            double perSecond = many(manager);
            long cpuMicros = (cpuNanos() - cpu) / 1000 / (CALLERS * EACH);
            double alone = 1e9 / (sums(times)[ROUNDS / 2]);
            System.out.printf(
                    "%d callers: %.0f pairs/s, %.1f times one caller, %d us of processor a pair,"
                            + " load %.1f%n",
                    CALLERS, perSecond, perSecond / alone, cpuMicros, load());
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    private static long[][] one(MountCalls manager, int rounds) {
        long[][] times = new long[2][rounds];
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            manager.activate(request("a", Mount.of("noop", "n")));
            long middle = System.nanoTime();
            manager.deactivate(name("a"));
            times[0][i] = middle - begin;
            times[1][i] = System.nanoTime() - middle;
        }
        return times;
    }

    private static long[] sums(long[][] times) {
        long[] sums = new long[times[0].length];
        Arrays.setAll(sums, i -> times[0][i] + times[1][i]);
        Arrays.sort(sums);
        return sums;
    }

    private static long micros(long[] times, int percentile) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) * percentile / 100] / 1000;
    }

    private static double many(MountCalls manager) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        CountDownLatch together = new CountDownLatch(1);
        Future<?>[] callers = new Future<?>[CALLERS];
        for (int c = 0; c < CALLERS; c++) {
            String name = "caller" + c;
            callers[c] =
                    threads.submit(
                            () -> {
                                together.await();
                                for (int i = 0; i < EACH; i++) {
                                    manager.activate(request(name, Mount.of("noop", "n")));
                                    manager.deactivate(name(name));
                                }
                                return null;
                            });
        }
        long begin = System.nanoTime();
        together.countDown();
        for (Future<?> caller : callers) {
            caller.get();
        }
        threads.shutdownNow();
        return CALLERS * EACH * 1e9 / (System.nanoTime() - begin);
    }
}

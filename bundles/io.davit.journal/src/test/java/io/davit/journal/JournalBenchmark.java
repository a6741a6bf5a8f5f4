package io.davit.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * How long a durable put takes and how many there are in a second, for 1, 8, 32 and 128 writers,
 * and how long opening takes. No test: {@code main} prints a line for each. Takes a directory on
 * the disk to measure.
 */
final class JournalBenchmark {
    private static final int VALUE = 300;
    private static final long MILLIS = 2000;
    private static final int RECORDS = 100_000;

    private JournalBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "journal");
        try {
            for (int writers : new int[] {1, 1, 8, 32, 128}) {
                measure(directory.resolve("w" + writers + System.nanoTime()), writers);
            }
            open(directory.resolve("open"));
        } finally {
            delete(directory);
        }
    }

    private static void measure(Path directory, int writers) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try (Journal journal =
                Journal.open(directory, JournalOptions.named("bench"), record -> {})) {
            List<Callable<long[]>> work = new ArrayList<>();
            long end = System.nanoTime() + MILLIS * 1_000_000;
            for (int i = 0; i < writers; i++) {
                work.add(() -> put(journal, end));
            }
            List<long[]> all = new ArrayList<>();
            for (Future<long[]> one : pool.invokeAll(work)) {
                all.add(one.get());
            }
            long[] times = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
            System.out.printf(
                    "writers=%d p50=%dus p99=%dus puts/s=%d%n",
                    writers,
                    times[times.length / 2] / 1000,
                    times[times.length * 99 / 100] / 1000,
                    times.length * 1000L / MILLIS);
        } finally {
            pool.shutdownNow();
        }
    }

    private static long[] put(Journal journal, long end) throws JournalException {
        byte[] value = new byte[VALUE];
        long[] times = new long[1024];
        int count = 0;
        long before = System.nanoTime();
        while (before < end) {
            journal.append(value);
            long now = System.nanoTime();
            if (count == times.length) {
                times = Arrays.copyOf(times, 2 * count);
            }
            times[count++] = now - before;
            before = now;
        }
        return Arrays.copyOf(times, count);
    }

    private static void open(Path directory) throws JournalException {
        try (Journal journal =
                Journal.open(directory, JournalOptions.named("bench"), record -> {})) {
            for (int i = 0; i < RECORDS; i++) {
                journal.submit(new byte[VALUE]);
            }
        }
        for (int i = 0; i < 3; i++) {
            long before = System.nanoTime();
            Journal.open(directory, JournalOptions.named("bench"), record -> {}).close();
            System.out.printf(
                    "open records=%d millis=%d%n", RECORDS, (System.nanoTime() - before) / 1000000);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

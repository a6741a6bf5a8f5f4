package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.journal.JournalException.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A journal on a real disk. */
class JournalTest {
    private static final JournalOptions OPTIONS = JournalOptions.named("test");

    @TempDir Path directory;

    private final List<String> replayed = new ArrayList<>();

    private Journal open() throws JournalException {
        return open(OPTIONS);
    }

    private Journal open(JournalOptions options) throws JournalException {
        replayed.clear();
        return Journal.open(store(), options, record -> replayed.add(text(record)));
    }

    private Path store() {
        return directory.resolve("a/b/store");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] record) {
        return new String(record, StandardCharsets.UTF_8);
    }

    private static Reason reasonOf(Executable call) {
        return assertThrows(JournalException.class, call).reason();
    }

    @Test
    void records_are_replayed_in_the_order_of_their_submits() throws JournalException {
        List<String> written = new ArrayList<>();
        try (Journal journal = open()) {
            for (int i = 0; i < 100; i++) {
                written.add("record " + i);
                journal.submit(bytes(written.get(i)));
            }
        }
        try (Journal journal = open()) {
            assertEquals(written, replayed);
            assertEquals(new JournalRecovery(100, 0, List.of()), journal.recovery());
        }
    }

    @Test
    void only_the_owner_can_read_what_the_journal_makes() throws IOException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            journal.compact(journal.mark(), List.of(bytes("two")));
            journal.setAside(bytes("three"), "test");
        }
        try (Stream<Path> made = Files.walk(directory.resolve("a"))) {
            for (Path path : made.toList()) {
                String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
                String actual = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                assertEquals(expected, actual, path.toString());
            }
        }
    }

    @Test
    void a_second_owner_in_this_process_is_refused_and_the_first_one_keeps_its_lock()
            throws Exception {
        try (Journal journal = open()) {
            assertEquals(Reason.IN_USE, reasonOf(this::open));
            Path detour = Files.createSymbolicLink(directory.resolve("link"), store());
            assertEquals(
                    Reason.IN_USE, reasonOf(() -> Journal.open(detour, OPTIONS, record -> {})));
            assertEquals("IN_USE", ChildJournal.tryToOpen(store()));
            journal.append(bytes("still mine"));
        }
        assertEquals("OPENED", ChildJournal.tryToOpen(store()));
        open().close();
        assertEquals(List.of("still mine"), replayed);
    }

    @Test
    void what_the_owner_throws_at_replay_reaches_it_and_frees_the_directory()
            throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
        }
        assertThrows(
                IllegalStateException.class,
                () ->
                        Journal.open(
                                store(),
                                OPTIONS,
                                record -> {
                                    throw new IllegalStateException();
                                }));
        open().close();
        assertEquals(List.of("one"), replayed);
    }

    @Test
    void records_of_a_bad_length_are_refused() throws JournalException {
        try (Journal journal = open()) {
            assertEquals(Reason.TOO_LARGE, reasonOf(() -> journal.append(new byte[0])));
            byte[] longest = new byte[OPTIONS.longestRecord()];
            journal.append(longest);
            byte[] longer = new byte[OPTIONS.longestRecord() + 1];
            assertEquals(Reason.TOO_LARGE, reasonOf(() -> journal.append(longer)));
        }
        open().close();
        assertEquals(1, replayed.size());
    }

    @Test
    void a_full_journal_takes_records_again_after_a_snapshot() throws JournalException {
        try (Journal journal = open(OPTIONS.withMostBytes(1000))) {
            for (int i = 0; i < 8; i++) {
                journal.append(new byte[100]);
            }
            assertEquals(Reason.FULL, reasonOf(() -> journal.append(new byte[100])));
            assertTrue(journal.compactionDue());
            journal.compact(journal.mark(), List.of());
            assertFalse(journal.compactionDue());
            journal.append(new byte[100]);
        }
        open().close();
        assertEquals(1, replayed.size());
    }

    @Test
    void a_snapshot_stands_for_what_is_before_its_mark_and_for_nothing_behind_it()
            throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            journal.submit(bytes("two"));
            Mark mark = journal.mark();
            journal.submit(bytes("three"));
            journal.compact(mark, List.of(bytes("one and two")));
            journal.append(bytes("four"));
            assertEquals(Reason.STALE, reasonOf(() -> journal.compact(mark, List.of())));
        }
        open().close();
        assertEquals(List.of("one and two", "three", "four"), replayed);
    }

    @Test
    void the_log_before_the_last_snapshot_is_kept_and_older_ones_are_not() throws IOException {
        try (Journal journal = open()) {
            for (int i = 0; i < 5; i++) {
                journal.append(bytes("record " + i));
                journal.compact(journal.mark(), List.of(bytes("snapshot " + i)));
            }
        }
        try (Stream<Path> files = Files.list(store())) {
            Set<String> names = new HashSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            assertEquals(Set.of("lock", "store.json", "log.00000005", "log.00000006"), names);
        }
    }

    @Test
    void snapshots_under_load_lose_and_repeat_nothing() throws Exception {
        int writers = 4;
        int each = 200;
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        List<String> state = new ArrayList<>();
        try (Journal journal = open()) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                String prefix = w + ":";
                work.add(
                        () -> {
                            for (int i = 0; i < each; i++) {
                                appendAndKeep(journal, state, prefix + i);
                            }
                            return null;
                        });
            }
            List<Future<Void>> running = new ArrayList<>();
            work.forEach(call -> running.add(pool.submit(call)));
            for (int i = 0; i < 10; i++) {
                snapshot(journal, state);
            }
            for (Future<Void> future : running) {
                future.get(30, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        open().close();
        assertEquals(state, replayed);
        assertEquals(writers * each, new HashSet<>(replayed).size());
    }

    private static void appendAndKeep(Journal journal, List<String> state, String record)
            throws JournalException {
        Commit commit;
        synchronized (state) {
            commit = journal.submit(bytes(record));
            state.add(record);
        }
        commit.await();
        assertTrue(commit.isDone());
    }

    private static void snapshot(Journal journal, List<String> state) throws JournalException {
        List<byte[]> live = new ArrayList<>();
        Mark mark;
        synchronized (state) {
            mark = journal.mark();
            state.forEach(record -> live.add(bytes(record)));
        }
        journal.compact(mark, live);
    }

    @Test
    void interrupting_callers_never_harms_the_journal() throws Exception {
        int writers = 4;
        Set<String> acknowledged = new HashSet<>();
        ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch interrupted = new CountDownLatch(20 * writers);
        try (Journal journal = open()) {
            for (int w = 0; w < writers; w++) {
                String prefix = w + ":";
                threads.add(
                        new Thread(() -> appendInterrupted(journal, prefix, done, interrupted)));
            }
            threads.forEach(Thread::start);
            while (interrupted.getCount() > 0) {
                threads.forEach(Thread::interrupt);
                Thread.onSpinWait();
            }
            for (Thread thread : threads) {
                thread.join(30_000);
                assertFalse(thread.isAlive());
            }
            assertTrue(journal.failure().isEmpty());
            Thread.currentThread().interrupt();
            assertEquals(Reason.INTERRUPTED, reasonOf(() -> journal.append(bytes("never"))));
            assertTrue(Thread.interrupted(), "the interrupt was swallowed");
            journal.append(bytes("last"));
        }
        acknowledged.addAll(done);
        acknowledged.add("last");
        open().close();
        assertTrue(replayed.containsAll(acknowledged));
        assertFalse(replayed.contains("never"));
    }

    private static void appendInterrupted(
            Journal journal,
            String prefix,
            ConcurrentLinkedQueue<String> done,
            CountDownLatch interrupted) {
        for (int i = 0; interrupted.getCount() > 0; i++) {
            try {
                journal.append(bytes(prefix + i));
                done.add(prefix + i);
            } catch (JournalException e) {
                assertEquals(Reason.INTERRUPTED, e.reason());
                assertTrue(Thread.interrupted());
                interrupted.countDown();
            }
        }
    }

    @Test
    void an_interrupted_thread_can_open_and_close() throws JournalException {
        Thread.currentThread().interrupt();
        try (Journal journal = open()) {
            assertTrue(journal.failure().isEmpty());
        }
        assertTrue(Thread.interrupted(), "the interrupt was swallowed");
        try (Journal journal = open()) {
            assertTrue(journal.recovery().isWhole());
            journal.append(bytes("one"));
        }
    }

    @Test
    void many_writers_share_syncs() throws Exception {
        SimulatedStorage storage = new SimulatedStorage();
        int writers = 16;
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try (Journal journal = FileJournal.open(storage, OPTIONS, record -> {})) {
            List<Callable<Void>> work = new ArrayList<>();
            IntStream.range(0, 400)
                    .forEach(
                            i ->
                                    work.add(
                                            () -> {
                                                journal.submit(bytes("record " + i)).await();
                                                return null;
                                            }));
            for (Future<Void> future : pool.invokeAll(work, 30, TimeUnit.SECONDS)) {
                future.get();
            }
            int before = storage.syncs();
            List<Commit> commits = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                commits.add(journal.submit(bytes("more " + i)));
            }
            for (Commit commit : commits) {
                commit.await();
            }
            assertTrue(storage.syncs() - before < 1000, "syncs=" + (storage.syncs() - before));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void close_makes_submitted_records_durable_and_can_be_repeated() throws JournalException {
        Journal journal = open();
        Commit commit = journal.submit(bytes("one"));
        journal.close();
        journal.close();
        assertTrue(commit.isDone());
        commit.await();
        assertEquals(Reason.CLOSED, reasonOf(() -> journal.append(bytes("two"))));
        assertEquals(Reason.CLOSED, reasonOf(journal::mark));
        assertFalse(journal.compactionDue());
        open().close();
        assertEquals(List.of("one"), replayed);
    }

    @Test
    void no_thread_and_no_descriptor_is_left_behind() throws IOException {
        open().close();
        int before = descriptors();
        for (int i = 0; i < 20; i++) {
            try (Journal journal = open()) {
                journal.append(bytes("record " + i));
                journal.compact(journal.mark(), List.of(bytes("snapshot")));
            }
        }
        assertEquals(before, descriptors());
        assertTrue(
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("davit-journal-test")));
        assertTrue(
                System.getProperties().stringPropertyNames().stream()
                        .noneMatch(name -> name.startsWith("io.davit.journal.open:")));
    }

    /** Only those below this test's directory: the JVM opens and closes its own. */
    private int descriptors() throws IOException {
        int count = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).startsWith(directory)) {
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void directories_in_place_of_files_and_a_file_in_place_of_the_directory_are_set_aside()
            throws IOException {
        Files.createDirectories(store().resolve("lock/x"));
        Files.createDirectories(store().resolve("store.json/x"));
        Files.createDirectories(store().resolve("log.00000001/x"));
        try (Journal journal = open()) {
            assertEquals(3, journal.recovery().damages().size());
            journal.append(bytes("one"));
        }
        Path other = directory.resolve("file");
        Files.writeString(other, "not a directory");
        try (Journal journal = Journal.open(other, OPTIONS, record -> {})) {
            Path moved = journal.recovery().damages().get(0).file();
            assertEquals("not a directory", Files.readString(moved));
            assertTrue(moved.getFileName().toString().startsWith("store.bad-"));
        }
        try (Journal journal = open()) {
            assertTrue(journal.recovery().isWhole());
            assertEquals(List.of("one"), replayed);
        }
    }

    @Test
    void a_record_that_its_owner_refuses_is_kept_for_people() throws IOException {
        Path kept;
        try (Journal journal = open()) {
            kept = journal.setAside(bytes("id ../x"), "malformed id").orElseThrow();
            assertEquals(kept, journal.setAside(bytes("other"), "reason").orElseThrow());
        }
        assertEquals(
                "malformed id bytes=7\nid ../x\nreason bytes=5\nother\n", Files.readString(kept));
        assertTrue(kept.getFileName().toString().startsWith("store.bad-"));
    }

    @Test
    void an_unfinished_snapshot_is_removed() throws IOException {
        open().close();
        Path unfinished = store().resolve("log.00000002.tmp");
        Files.writeString(unfinished, "unfinished");
        try (Journal journal = open()) {
            assertTrue(journal.recovery().isWhole());
            assertFalse(Files.exists(unfinished));
        }
    }

    @Test
    void a_wait_that_is_too_short_is_told_from_a_failure() throws JournalException {
        JournalOptions hurried = OPTIONS.withWaits(Duration.ofNanos(1), Duration.ofSeconds(5));
        try (Journal journal = open(hurried)) {
            Commit commit = journal.submit(bytes("one"));
            while (!commit.isDone()) {
                try {
                    commit.await();
                } catch (JournalException e) {
                    assertEquals(Reason.TIMED_OUT, e.reason());
                }
            }
            commit.await();
        }
        open().close();
        assertEquals(List.of("one"), replayed);
    }

    @Test
    void a_journal_in_memory_checks_and_forgets() throws JournalException {
        Journal journal = Journal.inMemory(OPTIONS);
        journal.append(bytes("one"));
        journal.compact(journal.mark(), List.of(bytes("one")));
        assertEquals(Reason.TOO_LARGE, reasonOf(() -> journal.append(new byte[0])));
        assertFalse(journal.compactionDue());
        assertTrue(journal.recovery().isWhole());
        journal.close();
        assertEquals(Reason.CLOSED, reasonOf(() -> journal.append(bytes("two"))));
    }
}

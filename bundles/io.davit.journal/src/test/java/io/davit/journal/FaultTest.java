package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.journal.JournalException.Reason;
import io.davit.journal.SimulatedStorage.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The n-th operation fails, for every n and every kind of operation. */
class FaultTest {
    private static final JournalOptions OPTIONS = JournalOptions.named("fault");
    private static final int APPENDS = 5;

    private final SimulatedStorage storage = new SimulatedStorage();
    private final List<String> replayed = new ArrayList<>();

    private Journal open() throws JournalException {
        replayed.clear();
        return FileJournal.open(storage, OPTIONS, record -> replayed.add(text(record)));
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

    /** Each acknowledged record is there afterwards, in order, and nothing that was never sent. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void no_failing_operation_loses_an_acknowledged_record(Kind kind) throws JournalException {
        int fired = 0;
        for (int nth = 1; ; nth++) {
            SimulatedStorage disk = new SimulatedStorage();
            List<String> acknowledged = new ArrayList<>();
            disk.failAt(kind, nth, new IOException("EIO"));
            scenario(disk, acknowledged);
            if (disk.failed() == 0) {
                break;
            }
            fired++;
            List<String> found = new ArrayList<>();
            FileJournal.open(disk, OPTIONS, record -> found.add(text(record))).close();
            assertEquals(List.of(), missing(acknowledged, found), kind + "#" + nth + " " + found);
        }
        assertTrue(fired > 0 || kind == Kind.TRUNCATE, "never hit: " + kind);
    }

    private static List<String> missing(List<String> acknowledged, List<String> found) {
        List<String> missing = new ArrayList<>(acknowledged);
        missing.removeAll(found);
        return missing;
    }

    /** Two lives of a journal, each with appends, a snapshot of all that counts, and appends. */
    private static void scenario(SimulatedStorage disk, List<String> acknowledged) {
        for (int life = 0; life < 2; life++) {
            List<byte[]> live = new ArrayList<>();
            try (Journal journal = FileJournal.open(disk, OPTIONS, live::add)) {
                appendSome(journal, "a" + life, live, acknowledged);
                compact(journal, live);
                appendSome(journal, "b" + life, live, acknowledged);
            } catch (JournalException expected) {
                // a first opening may fail; what was acknowledged before counts
            }
        }
    }

    private static void appendSome(
            Journal journal, String prefix, List<byte[]> live, List<String> acknowledged) {
        for (int i = 0; i < APPENDS; i++) {
            String record = prefix + i;
            try {
                journal.append(bytes(record));
                acknowledged.add(record);
                live.add(bytes(record));
            } catch (JournalException expected) {
                // not acknowledged
            }
        }
    }

    private static void compact(Journal journal, List<byte[]> live) {
        try {
            journal.compact(journal.mark(), live);
        } catch (JournalException expected) {
            // the log is as it was
        }
    }

    @Test
    void a_full_disk_is_told_and_the_journal_goes_on_when_there_is_space() throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            storage.failAt(Kind.WRITE, 1, new IOException("ENOSPC"));
            assertEquals(Reason.FULL, reasonOf(() -> journal.append(bytes("two"))));
            assertTrue(journal.failure().isEmpty());
            journal.append(bytes("three"));
        }
        open().close();
        assertEquals(List.of("one", "three"), replayed);
    }

    @Test
    void what_a_failed_write_left_is_cut_off_again() throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            int whole = withoutZeros(storage.content("log.00000001"));
            storage.failAt(Kind.WRITE, 1, new IOException("ENOSPC"));
            assertEquals(Reason.FULL, reasonOf(() -> journal.append(new byte[500])));
            assertEquals(whole, storage.content("log.00000001").length);
            SimulatedStorage after = storage.powerCut(1, new Random(1));
            assertEquals(whole, after.content("log.00000001").length);
        }
    }

    /** Where the zeros begin that a file ends with. */
    private static int withoutZeros(byte[] content) {
        int length = content.length;
        while (length > 0 && content[length - 1] == 0) {
            length--;
        }
        return length;
    }

    @Test
    void without_space_for_zeros_records_are_written_all_the_same() throws JournalException {
        try (Journal journal = open()) {
            storage.failAt(Kind.WRITE, 1, new IOException("ENOSPC"));
            journal.append(bytes("one"));
            assertEquals(1, storage.failed());
            journal.append(bytes("two"));
        }
        open().close();
        assertEquals(List.of("one", "two"), replayed);
    }

    /** An intent that failed must not be followed by the fact that was built on it. */
    @Test
    void what_was_submitted_behind_a_failed_write_fails_with_it() throws JournalException {
        List<Commit> behind = new ArrayList<>();
        try (Journal journal = open()) {
            journal.append(bytes("before"));
            storage.beforeFailure(
                    () -> {
                        try {
                            behind.add(journal.submit(bytes("behind")));
                        } catch (JournalException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            storage.failAt(Kind.WRITE, 1, new IOException("ENOSPC"));
            assertEquals(Reason.FULL, reasonOf(() -> journal.append(bytes("first"))));
            assertEquals(Reason.FULL, reasonOf(() -> behind.get(0).await()));
            journal.append(bytes("again"));
        }
        open().close();
        assertEquals(List.of("before", "again"), replayed);
    }

    @Test
    void a_failed_sync_makes_the_journal_read_only() throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            storage.failAt(Kind.SYNC, 1, new IOException("EIO"));
            assertEquals(Reason.READ_ONLY, reasonOf(() -> journal.append(bytes("two"))));
            int syncs = storage.syncs();
            assertEquals(Reason.READ_ONLY, reasonOf(() -> journal.append(bytes("three"))));
            assertEquals(Reason.READ_ONLY, reasonOf(journal::mark));
            assertEquals(Reason.READ_ONLY, journal.failure().orElseThrow().reason());
            assertEquals(syncs, storage.syncs(), "synced again as if the data were safe");
        }
        try (Journal journal = open()) {
            assertTrue(replayed.contains("one"));
            assertFalse(replayed.contains("three"));
            journal.append(bytes("four"));
        }
    }

    @Test
    void a_snapshot_that_cannot_be_written_leaves_the_log_as_it_was() throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
            storage.failAt(Kind.WRITE, 2, new IOException("ENOSPC"));
            Mark mark = journal.mark();
            List<byte[]> live = List.of(bytes("snapshot"));
            assertEquals(Reason.FULL, reasonOf(() -> journal.compact(mark, live)));
            journal.append(bytes("two"));
        }
        assertEquals(List.of(), storage.list().stream().filter(n -> n.endsWith(".tmp")).toList());
        open().close();
        assertEquals(List.of("one", "two"), replayed);
    }

    @Test
    void a_torn_tail_is_cut_and_the_cut_is_durable_before_anything_is_appended()
            throws IOException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
        }
        int whole = storage.content("log.00000001").length;
        byte[] torn = Arrays.copyOf(storage.content("log.00000001"), whole + 20);
        torn[whole + 3] = 9;
        torn[whole + 19] = 9; // zeros behind it would be what every log ends with
        storage.put("log.00000001", torn);
        try (Journal journal = open()) {
            assertEquals(List.of("one"), replayed);
            assertEquals(20, journal.recovery().cutBytes());
            assertTrue(journal.recovery().isWhole());
            SimulatedStorage after = storage.powerCut(1, new Random(1));
            assertEquals(whole, after.content("log.00000001").length);
        }
    }

    @Test
    void a_read_only_file_system_is_read_and_refuses_records() throws JournalException {
        try (Journal journal = open()) {
            journal.append(bytes("one"));
        }
        storage.setReadOnly(true);
        storage.cutPowerAfter(0);
        try (Journal journal = open()) {
            assertEquals(List.of("one"), replayed);
            assertEquals(Reason.READ_ONLY, reasonOf(() -> journal.append(bytes("two"))));
            assertEquals(Reason.READ_ONLY, journal.failure().orElseThrow().reason());
        }
    }

    @Test
    void an_error_in_the_writer_fails_those_who_wait() throws JournalException {
        SimulatedStorage broken = new SimulatedStorage();
        try (Journal journal = FileJournal.open(broken, OPTIONS, record -> {})) {
            journal.append(bytes("one"));
            broken.failAt(Kind.SYNC, 1, null);
            assertEquals(Reason.READ_ONLY, reasonOf(() -> journal.append(bytes("two"))));
            assertEquals(Reason.READ_ONLY, reasonOf(() -> journal.append(bytes("three"))));
        }
    }
}

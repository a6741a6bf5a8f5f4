package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A damaged, foreign or newer file never prevents opening, and is always reported. */
class DamageTest {
    private static final JournalOptions OPTIONS = JournalOptions.named("damage");
    private static final String OLD = "log.00000001";
    private static final String LOG = "log.00000002";
    private static final int RECORDS = 60;
    private static final int SNAPSHOT = 10;

    private final SimulatedStorage storage = new SimulatedStorage();
    private final List<String> written = new ArrayList<>();
    private final List<String> replayed = new ArrayList<>();

    /** Two generations of a store of about 4 KB: a snapshot of the first records, then the rest. */
    @BeforeEach
    void write_a_store() throws JournalException {
        try (Journal journal = FileJournal.open(storage, OPTIONS, record -> {})) {
            for (int i = 0; i < RECORDS; i++) {
                written.add("record " + i + " " + "x".repeat(i + 10));
                journal.append(written.get(i).getBytes(StandardCharsets.UTF_8));
                if (i + 1 == SNAPSHOT) {
                    List<byte[]> live = new ArrayList<>();
                    written.forEach(text -> live.add(text.getBytes(StandardCharsets.UTF_8)));
                    journal.compact(journal.mark(), live);
                }
            }
        }
    }

    private JournalRecovery open(SimulatedStorage damaged) throws JournalException {
        replayed.clear();
        try (Journal journal =
                FileJournal.open(
                        damaged,
                        OPTIONS,
                        record -> replayed.add(new String(record, StandardCharsets.UTF_8)))) {
            journal.append("after".getBytes(StandardCharsets.UTF_8));
            return journal.recovery();
        }
    }

    private static boolean isReported(JournalRecovery recovery) {
        return !recovery.isWhole() || recovery.cutBytes() > 0;
    }

    private void assertPrefix(String what) {
        assertEquals(written.subList(0, replayed.size()), replayed, what);
    }

    private static long setAside(SimulatedStorage storage) {
        return storage.list().stream().filter(name -> name.startsWith(BadName.PREFIX)).count();
    }

    @Test
    void an_undamaged_store_is_whole() throws JournalException {
        JournalRecovery recovery = open(storage);
        assertFalse(isReported(recovery));
        assertEquals(written, replayed);
        assertEquals(RECORDS, recovery.records());
    }

    @ParameterizedTest
    @ValueSource(strings = {LOG, FormatFile.NAME})
    void every_flipped_byte_is_survived_and_reported(String name) throws JournalException {
        byte[] whole = storage.content(name);
        assertTrue(name.equals(FormatFile.NAME) || whole.length > 3500, "bytes=" + whole.length);
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            SimulatedStorage damaged = storage.copy();
            damaged.put(name, flipped);
            String what = name + " byte " + i;
            JournalRecovery recovery = open(damaged);
            assertTrue(isReported(recovery), what);
            assertPrefix(what);
            int least = name.equals(LOG) ? SNAPSHOT : RECORDS;
            assertTrue(replayed.size() >= least, what + " records=" + replayed.size());
            assertFalse(isReported(open(damaged)), what + " reported twice");
        }
    }

    @Test
    void every_truncation_is_survived() throws JournalException {
        byte[] whole = storage.content(LOG);
        for (int length = 0; length < whole.length; length += 7) {
            SimulatedStorage damaged = storage.copy();
            damaged.put(LOG, Arrays.copyOf(whole, length));
            open(damaged);
            assertPrefix("length " + length);
            assertTrue(replayed.size() >= SNAPSHOT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096})
    void a_file_of_zeros_is_set_aside_and_the_one_before_counts(int length)
            throws JournalException {
        storage.put(LOG, new byte[length]);
        JournalRecovery recovery = open(storage);
        assertFalse(recovery.isWhole());
        assertEquals(written.subList(0, SNAPSHOT), replayed);
        assertEquals(1, setAside(storage));
        open(storage);
        assertEquals("after", replayed.get(SNAPSHOT));
    }

    @Test
    void a_foreign_file_is_set_aside_as_it_was() throws JournalException {
        byte[] foreign = "SQLite format 3\0 and more".getBytes(StandardCharsets.UTF_8);
        storage.put(LOG, foreign);
        JournalRecovery recovery = open(storage);
        String name = recovery.damages().get(0).file().getFileName().toString();
        assertTrue(name.startsWith("store.bad-"), name);
        assertEquals(
                new String(foreign, StandardCharsets.UTF_8),
                new String(storage.content(name), StandardCharsets.UTF_8));
    }

    @Test
    void damage_in_the_middle_keeps_the_damaged_file_and_its_valid_prefix()
            throws JournalException {
        byte[] damaged = storage.content(LOG);
        damaged[damaged.length / 2] ^= 1;
        storage.put(LOG, damaged);
        JournalRecovery recovery = open(storage);
        assertFalse(recovery.isWhole());
        assertTrue(replayed.size() > SNAPSHOT && replayed.size() < RECORDS);
        String name = recovery.damages().get(0).file().getFileName().toString();
        assertEquals(Arrays.hashCode(damaged), Arrays.hashCode(storage.content(name)));
        int kept = replayed.size();
        assertTrue(open(storage).isWhole());
        assertEquals(kept + 1, replayed.size());
    }

    @Test
    void a_damaged_only_log_is_read_as_far_as_it_goes() throws JournalException {
        byte[] damaged = storage.content(LOG);
        damaged[LogHeader.LENGTH + Records.HEADER + 100] ^= 1;
        storage.put(LOG, damaged);
        storage.put(OLD, new byte[10]);
        JournalRecovery recovery = open(storage);
        assertEquals(2, setAside(storage));
        assertFalse(recovery.isWhole());
        assertPrefix("salvaged");
        assertTrue(!replayed.isEmpty() && replayed.size() < SNAPSHOT);
    }

    @Test
    void a_newer_version_is_set_aside_untouched() throws JournalException {
        storage.put(
                FormatFile.NAME,
                FormatFile.content(FormatFile.VERSION + 1).getBytes(StandardCharsets.UTF_8));
        JournalRecovery recovery = open(storage);
        assertEquals(List.of(), replayed);
        assertEquals(3, recovery.damages().size());
        assertEquals(3, setAside(storage));
        assertFalse(isReported(open(storage)));
        assertEquals(List.of("after"), replayed);
    }

    @Test
    void a_missing_version_is_reported_and_the_logs_count() throws JournalException {
        SimulatedStorage bare = new SimulatedStorage();
        bare.put(LOG, storage.content(LOG));
        JournalRecovery recovery = open(bare);
        assertFalse(recovery.isWhole());
        assertEquals(written, replayed);
    }

    @Test
    void garbage_lengths_do_not_ask_for_memory() throws JournalException {
        byte[] whole = storage.content(LOG);
        byte[] damaged = Arrays.copyOf(whole, whole.length + 16);
        damaged[whole.length] = 0x7f;
        damaged[whole.length + 15] = 0x7f; // zeros would be what every log ends with
        storage.put(LOG, damaged);
        JournalRecovery recovery = open(storage);
        assertEquals(16, recovery.cutBytes());
        assertEquals(written, replayed);
    }
}

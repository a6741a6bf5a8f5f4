package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.journal.JournalException.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A table keeps the last value of each key over restarts, in a log that does not grow. */
class JournalTableTest {
    private static final JournalOptions OPTIONS =
            JournalOptions.named("table").withCompactAfterBytes(2000);

    @TempDir Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> keys(JournalTable table) {
        return List.copyOf(table.entries().keySet());
    }

    @Test
    void the_last_value_of_each_key_is_there_after_a_restart() throws JournalException {
        try (JournalTable table = JournalTable.open(directory, OPTIONS)) {
            table.put("a", bytes("1"));
            table.put("b", bytes("2"));
            table.put("c", new byte[0]);
            table.put("a", bytes("3"));
            table.remove("b");
            table.remove("never there");
        }
        try (JournalTable table = JournalTable.open(directory, OPTIONS)) {
            assertEquals(List.of("a", "c"), keys(table));
            assertArrayEquals(bytes("3"), table.find("a").orElseThrow());
            assertArrayEquals(new byte[0], table.find("c").orElseThrow());
            assertEquals(Optional.empty(), table.find("b"));
        }
    }

    @Test
    void what_callers_do_to_their_arrays_does_not_change_the_table() throws JournalException {
        try (JournalTable table = JournalTable.inMemory(OPTIONS)) {
            byte[] value = bytes("x");
            table.put("k", value);
            value[0] = 'y';
            table.find("k").orElseThrow()[0] = 'z';
            table.entries().get("k")[0] = 'w';
            assertArrayEquals(bytes("x"), table.find("k").orElseThrow());
        }
    }

    @Test
    void the_log_is_compacted_as_it_grows() throws Exception {
        int writers = 4;
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try (JournalTable table = JournalTable.open(directory, OPTIONS)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                String key = "key " + w;
                running.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < 100; i++) {
                                        table.put(key, bytes("value " + i));
                                    }
                                    return null;
                                }));
            }
            for (Future<Void> future : running) {
                future.get(30, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertTrue(Files.notExists(directory.resolve("log.00000001")));
        try (JournalTable table = JournalTable.open(directory, OPTIONS)) {
            Map<String, byte[]> entries = table.entries();
            assertEquals(writers, entries.size());
            entries.forEach((key, value) -> assertArrayEquals(bytes("value 99"), value, key));
            assertTrue(table.journal().recovery().records() < 100);
        }
    }

    @Test
    void a_failed_change_is_undone_in_memory() throws JournalException {
        JournalOptions small = OPTIONS.withMostBytes(150);
        try (JournalTable table = JournalTable.open(directory, small)) {
            table.put("k", bytes("old"));
            JournalException full =
                    assertThrows(JournalException.class, () -> table.put("k", new byte[200]));
            assertEquals(Reason.FULL, full.reason());
            assertArrayEquals(bytes("old"), table.find("k").orElseThrow());
        }
    }

    @Test
    void records_that_are_none_of_a_table_are_set_aside() throws IOException {
        try (Journal journal = Journal.open(directory, OPTIONS, record -> {})) {
            journal.append(bytes("?"));
            journal.append(bytes("\1\177\177\177\177xx"));
        }
        try (JournalTable table = JournalTable.open(directory, OPTIONS)) {
            table.put("k", bytes("v"));
            assertEquals(List.of("k"), keys(table));
        }
        try (var files = Files.list(directory)) {
            assertEquals(1, files.filter(f -> f.toString().contains("store.bad-")).count());
        }
    }
}

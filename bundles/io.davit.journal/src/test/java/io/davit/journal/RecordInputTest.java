package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.journal.RecordInput.MalformedException;

import org.junit.jupiter.api.Test;

import java.time.DayOfWeek;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is written is read; what was not written is refused. */
class RecordInputTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_564_800L, 7);

    private static byte[] sample() {
        return new RecordOutput()
                .small(2)
                .number(Long.MIN_VALUE)
                .text("täsk")
                .bytes(new byte[] {1, 2})
                .time(NOW)
                .texts(List.of("a", ""))
                .map(Map.of("k", "v"))
                .optional(Optional.of("x"), RecordOutput::text)
                .optional(Optional.<String>empty(), RecordOutput::text)
                .toBytes();
    }

    private static void read(byte[] record) {
        RecordInput in = new RecordInput(record);
        assertEquals(DayOfWeek.WEDNESDAY, in.constant(DayOfWeek.values()));
        assertEquals(Long.MIN_VALUE, in.number());
        assertEquals("täsk", in.text());
        assertArrayEquals(new byte[] {1, 2}, in.bytes());
        assertEquals(NOW, in.time());
        assertEquals(List.of("a", ""), in.texts());
        assertEquals(Map.of("k", "v"), in.map());
        assertEquals(Optional.of("x"), in.optional(RecordInput::text));
        assertEquals(Optional.empty(), in.optional(RecordInput::text));
        in.end();
    }

    @Test
    void what_is_written_is_read() {
        read(sample());
    }

    @Test
    void a_record_cut_anywhere_is_refused() {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(MalformedException.class, () -> read(cut), "length " + length);
        }
    }

    @Test
    void bytes_behind_the_end_are_refused() {
        byte[] longer = Arrays.copyOf(sample(), sample().length + 1);
        assertThrows(MalformedException.class, () -> read(longer));
    }

    @Test
    void lengths_that_cannot_be_are_refused_before_anything_is_allocated() {
        byte[] negative = new RecordOutput().number(-1).toBytes();
        byte[] huge = new RecordOutput().number(Long.MAX_VALUE).toBytes();
        assertThrows(MalformedException.class, () -> new RecordInput(negative).texts());
        assertThrows(MalformedException.class, () -> new RecordInput(huge).map());
        assertThrows(MalformedException.class, () -> new RecordInput(huge).bytes());
    }

    @Test
    void constants_and_flags_out_of_range_are_refused() {
        byte[] nine = new RecordOutput().small(9).toBytes();
        assertThrows(
                MalformedException.class, () -> new RecordInput(nine).constant(DayOfWeek.values()));
        assertThrows(
                MalformedException.class, () -> new RecordInput(nine).optional(RecordInput::text));
    }
}

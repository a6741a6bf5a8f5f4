package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cutting bytes into frames, whatever the pieces they come in. */
class FrameDecoderTest {
    private final List<String> seen = new ArrayList<>();
    private boolean paused;
    private final FrameDecoder decoder = new FrameDecoder(new Recording());

    private final class Recording implements FrameDecoder.Sink {
        @Override
        public void frame(int id, byte type, byte flags, byte[] data) {
            seen.add(id + ":" + type + ":" + flags + ":" + new String(data));
        }

        @Override
        public void oversized(int id, byte type, long length) {
            seen.add(id + ":" + type + ":too large:" + length);
        }

        @Override
        public boolean isPaused() {
            return paused;
        }
    }

    @Test
    void frames_come_out_whole_however_the_bytes_are_cut() throws Exception {
        byte[] bytes = join(frame(1, "hello"), frame(3, ""), frame(5, "x".repeat(20_000)));
        for (int piece : new int[] {1, 2, 7, 10, 11, 4096, bytes.length}) {
            seen.clear();
            for (int at = 0; at < bytes.length; at += piece) {
                decoder.feed(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
            }
            assertEquals(List.of("1:2:0:hello", "3:2:0:", "5:2:0:" + "x".repeat(20_000)), seen);
            assertFalse(decoder.isInsideFrame());
        }
    }

    @Test
    void an_oversized_frame_is_skipped_without_being_kept() throws Exception {
        ByteBuffer header = header((1 << 24) - 1, 7);
        decoder.feed(header);
        byte[] piece = new byte[1 << 16];
        for (int left = (1 << 24) - 1; left > 0; left -= piece.length) {
            assertEquals(List.of(), seen);
            decoder.feed(ByteBuffer.wrap(piece, 0, Math.min(left, piece.length)));
        }
        decoder.feed(ByteBuffer.wrap(frame(9, "next")));
        assertEquals(List.of("7:2:too large:16777215", "9:2:0:next"), seen);
    }

    @Test
    void an_impossible_length_is_noticed_at_its_first_byte() {
        TtrpcException thrown =
                assertThrows(
                        TtrpcException.class,
                        () -> decoder.feed(ByteBuffer.wrap(new byte[] {(byte) 0x80})));
        assertEquals(TtrpcException.Origin.PROTOCOL, thrown.origin());
    }

    @Test
    void a_pause_stops_between_two_frames() throws Exception {
        paused = true;
        ByteBuffer in = ByteBuffer.wrap(join(frame(1, "a"), frame(3, "b")));
        decoder.feed(in);
        assertEquals(List.of(), seen);
        paused = false;
        decoder.feed(in);
        assertEquals(2, seen.size());
        assertFalse(in.hasRemaining());
    }

    @Test
    void a_started_frame_is_known_to_be_unfinished() throws Exception {
        assertFalse(decoder.isInsideFrame());
        decoder.feed(ByteBuffer.wrap(new byte[] {0}));
        assertTrue(decoder.isInsideFrame());
    }

    private static ByteBuffer header(int length, int id) {
        return ByteBuffer.allocate(Frames.HEADER)
                .putInt(length)
                .putInt(id)
                .put(Frames.RESPONSE)
                .put((byte) 0)
                .flip();
    }

    private static byte[] frame(int id, String text) {
        return join(header(text.length(), id).array(), text.getBytes());
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}

package io.davit.ttrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any bytes at all, cut into frames. A normal run tries a few; with the variable {@code
 * JAZZER_FUZZ=1} Jazzer looks for others, guided by what they reach, for ten minutes.
 */
class DecoderFuzzTest {
    /** What became of some bytes. */
    private static final class Result implements FrameDecoder.Sink {
        private final List<String> frames = new ArrayList<>();
        private long bytes;
        private boolean refused;

        @Override
        public void frame(int id, byte type, byte flags, byte[] data) {
            frames.add(id + " " + type + " " + flags + " " + Arrays.hashCode(data));
            bytes += Frames.HEADER + data.length;
        }

        @Override
        public void oversized(int id, byte type, long length) {
            frames.add(id + " " + type + " oversized " + length);
            bytes += Frames.HEADER + length;
        }

        @Override
        public boolean isPaused() {
            return false;
        }
    }

    private static Result decode(byte[] bytes, int piece) {
        Result result = new Result();
        FrameDecoder decoder = new FrameDecoder(result);
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                decoder.feed(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
            }
        } catch (TtrpcException e) {
            assertEquals(TtrpcException.Origin.PROTOCOL, e.origin());
            result.refused = true;
        }
        return result;
    }

    @FuzzTest(maxDuration = "10m")
    void any_bytes_become_frames_or_are_refused_however_they_arrive(byte[] bytes) {
        Result whole = decode(bytes, Math.max(bytes.length, 1));
        assertTrue(whole.bytes <= bytes.length);
        for (int piece : new int[] {1, 7}) {
            Result pieces = decode(bytes, piece);
            assertEquals(whole.frames, pieces.frames);
            assertEquals(whole.refused, pieces.refused);
        }
    }
}

package io.davit.ttrpc;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.StringValue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Coverage-guided fuzzing of everything that reads a peer's bytes, for ten minutes: {@code mvn
 * verify -Dfuzz}.
 */
class DecoderFuzz {
    /** Reads each frame as a response and, where that fits, its payload. */
    private static final class Reading implements FrameDecoder.Sink {
        private long frames;

        @Override
        public void frame(int id, byte type, byte flags, byte[] data) {
            frames++;
            if (data.length > Frames.LARGEST) {
                throw new AssertionError("a frame of " + data.length + " bytes came through");
            }
            try {
                PendingCall.message(StringValue.getDefaultInstance(), PendingCall.payload(data));
            } catch (TtrpcException expected) {
                // the only way to refuse
            }
        }

        @Override
        public void oversized(int id, byte type, long length) {
            frames++;
            if (length <= Frames.LARGEST) {
                throw new AssertionError("a frame of " + length + " bytes was refused");
            }
        }

        @Override
        public boolean isPaused() {
            return false;
        }
    }

    @FuzzTest(maxDuration = "10m")
    void any_bytes_are_decoded_or_refused(FuzzedDataProvider fuzzed) {
        int piece = fuzzed.consumeInt(1, 64);
        byte[] bytes = fuzzed.consumeRemainingAsBytes();
        long whole = decode(bytes, Integer.MAX_VALUE);
        long inPieces = decode(bytes, piece);
        if (whole != inPieces) {
            throw new AssertionError(whole + " frames at once, " + inPieces + " in pieces");
        }
    }

    private static long decode(byte[] bytes, int piece) {
        Reading sink = new Reading();
        FrameDecoder decoder = new FrameDecoder(sink);
        try {
            for (int at = 0; at < bytes.length; at += Math.min(piece, bytes.length - at)) {
                int end = at + Math.min(piece, bytes.length - at);
                decoder.feed(ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, end)));
            }
        } catch (TtrpcException e) {
            return -1 - sink.frames;
        }
        return sink.frames;
    }
}

package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** Frames of clients, good and bad. */
class ClientFramesTest {
    /** Gives a few bytes at a time. */
    private static ReadableByteChannel slowly(byte[] bytes) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) {
                if (!left.hasRemaining()) {
                    return -1;
                }
                int some = Math.min(3, Math.min(into.remaining(), left.remaining()));
                into.put(left.slice(left.position(), some));
                left.position(left.position() + some);
                return some;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        };
    }

    private static byte[] header(int length, int kind) {
        return ByteBuffer.allocate(5).putInt(length).put((byte) kind).array();
    }

    private static String refused(byte[] bytes) {
        ClientFrames frames = new ClientFrames(slowly(bytes));
        return assertThrows(IOException.class, frames::next).getMessage();
    }

    @Test
    void frames_come_out_whole_however_they_arrive() throws Exception {
        byte[] large = new byte[100_000];
        Arrays.fill(large, (byte) 7);
        byte[] first = TestClient.frame(ClientFrames.REQUEST, large);
        byte[] second = TestClient.frame(ClientFrames.CANCEL);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        ClientFrames frames = new ClientFrames(slowly(both));
        assertArrayEquals(large, frames.next().orElseThrow().bytes());
        assertEquals(ClientFrames.CANCEL, frames.next().orElseThrow().kind());
        assertTrue(frames.next().isEmpty());
    }

    @Test
    void an_oversized_frame_is_refused_by_its_header() {
        assertTrue(refused(header(ClientFrames.LONGEST + 1, 1)).contains("too long"));
        assertTrue(refused(header(65_537, ClientFrames.INPUT)).contains("too long"));
        assertTrue(refused(header(-1, ClientFrames.INPUT)).contains("too long"));
        assertTrue(refused(header(Integer.MIN_VALUE, 1)).contains("too long"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 65, 127, -1})
    void an_unknown_kind_is_refused(int kind) {
        assertTrue(refused(header(0, kind)).contains("unknown kind"));
    }

    @Test
    void half_a_frame_is_refused_at_its_end() {
        assertTrue(refused(new byte[] {0, 0}).contains("inside a frame"));
        assertTrue(refused(header(10, ClientFrames.INPUT)).contains("inside a frame"));
    }

    @Test
    void a_length_alone_takes_no_memory() {
        byte[] claim = header(ClientFrames.LONGEST, ClientFrames.REQUEST);
        for (int i = 0; i < 1000; i++) {
            // Would need 4 GB if each claim were believed and kept; each is read to its end.
            assertTrue(refused(claim).contains("inside a frame"));
        }
    }

    @Test
    void time_runs_inside_a_frame_alone() throws Exception {
        ClientFrames frames = new ClientFrames(slowly(TestClient.frame(ClientFrames.CANCEL)));
        assertFalse(frames.isInside(-1));
        frames.next();
        assertFalse(frames.isInside(-1));
        ClientFrames half = new ClientFrames(slowly(header(10, ClientFrames.INPUT)));
        assertThrows(IOException.class, half::next);
        assertTrue(half.isInside(-1));
    }
}

package io.davit.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Frames of daemons, good and bad; and those of clients, byte by byte. */
class ServerFramesTest {
    private static ServerFrames frames(int length, int kind, int... bytes) {
        ByteBuffer all = ByteBuffer.allocate(5 + bytes.length).putInt(length).put((byte) kind);
        for (int each : bytes) {
            all.put((byte) each);
        }
        return new ServerFrames(new ByteArrayInputStream(all.array()));
    }

    @Test
    void a_number_is_read() throws Exception {
        ServerFrames.Frame frame = frames(4, ServerFrames.STATUS, 0, 0, 1, 2).next().orElseThrow();
        assertEquals(258, frame.number());
        assertEquals(
                -1, frames(4, ServerFrames.STATUS, -1, -1, -1, -1).next().orElseThrow().number());
    }

    @Test
    void a_number_of_a_wrong_length_is_refused() throws Exception {
        ServerFrames.Frame frame = frames(1, ServerFrames.STATUS, 7).next().orElseThrow();
        assertThrows(IOException.class, frame::number);
    }

    @Test
    void what_is_no_frame_is_refused() {
        assertThrows(IOException.class, () -> frames(-1, ServerFrames.OUTPUT).next());
        assertThrows(IOException.class, () -> frames((1 << 20) + 1, ServerFrames.OUTPUT).next());
        assertThrows(IOException.class, () -> frames(0, 1).next());
        assertThrows(IOException.class, () -> frames(0, 70).next());
    }

    @Test
    void an_end_inside_a_frame_is_the_end() throws Exception {
        assertTrue(frames(9, ServerFrames.OUTPUT, 1, 2).next().isEmpty());
        assertTrue(new ServerFrames(new ByteArrayInputStream(new byte[3])).next().isEmpty());
    }

    @Test
    void a_request_is_version_directory_and_words() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ClientFrames(out).request(Path.of("/d"), List.of("run", ""));
        byte[] expected =
                ByteBuffer.allocate(5 + 4 + 6 + 7 + 4)
                        .putInt(21)
                        .put((byte) 1)
                        .putInt(1)
                        .putInt(2)
                        .put("/d".getBytes(StandardCharsets.UTF_8))
                        .putInt(3)
                        .put("run".getBytes(StandardCharsets.UTF_8))
                        .putInt(0)
                        .array();
        assertArrayEquals(expected, out.toByteArray());
    }

    @Test
    void other_frames_are_length_kind_and_bytes() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ClientFrames frames = new ClientFrames(out);
        frames.input(new byte[] {9, 8, 7}, 2);
        frames.size(80, 24);
        frames.broken();
        frames.cancel();
        assertArrayEquals(
                new byte[] {
                    0, 0, 0, 2, 2, 9, 8, 0, 0, 0, 4, 3, 0, 80, 0, 24, 0, 0, 0, 0, 4, 0, 0, 0, 0, 5
                },
                out.toByteArray());
    }
}

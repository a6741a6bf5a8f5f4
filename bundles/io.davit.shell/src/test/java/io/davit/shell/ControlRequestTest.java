package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Requests, good and bad. */
class ControlRequestTest {
    private static String refused(byte[] bytes) {
        return assertThrows(IOException.class, () -> ControlRequest.read(bytes)).getMessage();
    }

    @Test
    void words_are_kept_as_they_are() throws Exception {
        List<String> words = List.of("run", "", "a b\n", "\u00e9\ud83d\ude00", "--");
        ControlRequest request =
                ControlRequest.read(TestClient.request(1, "/tmp/../home/x", words));
        assertEquals(words, request.words());
        assertEquals(Path.of("/home/x"), request.directory());
    }

    @Test
    void another_version_is_refused_by_name() {
        assertTrue(refused(TestClient.request(2, "/", List.of())).contains("different versions"));
        assertTrue(refused(new byte[0]).contains("different versions"));
        assertTrue(refused(new byte[] {0, 0, 1}).contains("different versions"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative", "a/b", "/a\0b"})
    void a_directory_that_is_not_absolute_is_refused(String directory) {
        assertTrue(refused(TestClient.request(1, directory, List.of("run"))).contains("directory"));
    }

    @Test
    void a_word_that_reaches_past_the_end_is_refused() {
        for (int length : new int[] {100, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            byte[] bytes = ByteBuffer.allocate(9).putInt(1).putInt(length).put((byte) '/').array();
            assertEquals("request ends inside a word", refused(bytes));
        }
        byte[] good = TestClient.request("run", "x");
        assertEquals("request ends inside a word", refused(Arrays.copyOf(good, good.length - 1)));
        assertTrue(refused(new byte[] {0, 0, 0, 1}).contains("no directory"));
    }

    @Test
    void what_is_not_utf8_is_refused() {
        byte[] bytes = TestClient.request("x");
        bytes[bytes.length - 1] = (byte) 0xFF;
        assertEquals("request is not UTF-8", refused(bytes));
    }

    @Test
    void more_words_than_anybody_needs_are_refused() {
        List<String> many = Collections.nCopies(1 << 16, "");
        assertTrue(refused(TestClient.request(1, "/", many)).contains("more than"));
    }

    @Test
    void noise_is_refused_or_read_and_nothing_else() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = TestClient.request("task", "list", "--json");
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                ControlRequest.read(bytes);
            } catch (IOException e) {
                assertTrue(e.getMessage().length() < 200);
            }
        }
    }
}

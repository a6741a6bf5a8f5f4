package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Standard input that a client sends. */
class SentInputTest {
    private final BlockingQueue<Integer> credits = new ArrayBlockingQueue<>(1000);
    private final SentInput input = new SentInput(credits::add);

    @Test
    void a_client_is_asked_for_nothing_before_somebody_reads() throws Exception {
        assertEquals(0, credits.size());
        assertThrows(IOException.class, () -> input.put(new byte[1]));
    }

    @Test
    void bytes_arrive_in_order_within_the_credit() throws Exception {
        byte[] sent = new byte[1_000_000];
        new Random(1).nextBytes(sent);
        Thread client = new Thread(() -> send(sent), "test-client");
        client.start();
        assertArrayEquals(sent, input.readAllBytes());
        client.join();
    }

    private void send(byte[] bytes) {
        try {
            int at = 0;
            while (at < bytes.length) {
                int credit = credits.poll(10, TimeUnit.SECONDS);
                while (credit > 0 && at < bytes.length) {
                    int some = Math.min(Math.min(credit, 10_007), bytes.length - at);
                    byte[] part = new byte[some];
                    System.arraycopy(bytes, at, part, 0, some);
                    input.put(part);
                    at += some;
                    credit -= some;
                }
            }
            input.put(new byte[0]);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void more_than_the_credit_is_refused() throws Exception {
        Thread reader = new Thread(this::readOne, "test-reader");
        reader.start();
        int credit = credits.poll(10, TimeUnit.SECONDS);
        byte[] tooMuch = new byte[credit + 1];
        assertThrows(IOException.class, () -> input.put(tooMuch));
        input.put(new byte[credit]);
        reader.join();
        assertThrows(IOException.class, () -> input.put(new byte[2]));
    }

    private void readOne() {
        try {
            input.read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_end_comes_after_the_bytes() throws Exception {
        input.end();
        assertEquals(-1, input.read());
        assertEquals(0, credits.size());
    }
}

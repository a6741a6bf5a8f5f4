package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** The keys that leave a terminal; P and Q stand for the keys with Ctrl. */
class DetachKeysTest {
    @ParameterizedTest
    @CsvSource({
        "abc,abc,0",
        "aPb,aPb,0",
        "aPQb,a,1",
        "aPPQb,aP,1",
        "aPPb,aPPb,0",
        "Qa,Qa,0",
        "P,P,0",
        "PP,PP,0"
    })
    void both_keys_in_a_row_detach(String typed, String read, int detached) throws Exception {
        AtomicInteger told = new AtomicInteger();
        byte[] keys = typed.replace('P', '\u0010').replace('Q', '\u0011').getBytes("UTF-8");
        DetachKeys input = new DetachKeys(new ByteArrayInputStream(keys), told::incrementAndGet);
        String got = new String(input.readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(read, got.replace('\u0010', 'P').replace('\u0011', 'Q'));
        assertEquals(detached, told.get());
    }
}

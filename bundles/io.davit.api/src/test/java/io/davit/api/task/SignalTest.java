package io.davit.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals by number and by name. */
class SignalTest {
    @ParameterizedTest
    @CsvSource({"9,9", "KILL,9", "SIGKILL,9", "TERM,15", "SIGHUP,1", "64,64", "SYS,31", "CHLD,17"})
    void numbers_and_names_are_read(String text, int number) {
        assertEquals(number, Signal.parse(text).number());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-9",
                "65",
                "2147483648",
                "SIGFOO",
                "",
                "kill",
                "+9",
                " 9",
                "٩",
                "SIG",
                "SIGSIGKILL"
            })
    void anything_else_is_invalid(String text) {
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(DavitException.class, () -> Signal.parse(text)).kind());
    }

    @Test
    void a_missing_signal_is_invalid() {
        assertEquals(
                Kind.INVALID_ARGUMENT,
                assertThrows(DavitException.class, () -> Signal.parse(null)).kind());
    }

    @Test
    void a_signal_prints_as_its_name() {
        assertEquals("SIGTERM", Signal.TERM.toString());
        assertEquals("signal 34", new Signal(34).toString());
    }
}

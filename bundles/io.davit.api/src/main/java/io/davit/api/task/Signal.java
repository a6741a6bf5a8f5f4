package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.List;

/**
 * A signal, by its number on Linux.
 *
 * @param number 1 to 64
 * @since 1.0
 */
public record Signal(int number) {
    /** SIGINT. */
    public static final Signal INT = new Signal(2);

    /** SIGKILL. */
    public static final Signal KILL = new Signal(9);

    /** SIGTERM. */
    public static final Signal TERM = new Signal(15);

    private static final List<String> NAMES =
            List.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    /**
     * Checks the number.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is not 1 to 64
     */
    public Signal {
        if (number < 1 || number > 64) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "signal must be 1 to 64: signal=" + number);
        }
    }

    /**
     * Reads a signal.
     *
     * @param text a number of ASCII digits, or a name in upper case with or without {@code SIG}
     * @return the signal; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is neither
     */
    public static Signal parse(String text) {
        if (text != null && !text.isEmpty() && text.length() <= 9) {
            if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return new Signal(Integer.parseInt(text));
            }
            int at = NAMES.indexOf(text.startsWith("SIG") ? text.substring(3) : text);
            if (at >= 0) {
                return new Signal(at + 1);
            }
        }
        throw new DavitException(
                Kind.INVALID_ARGUMENT, "not a signal number or name: signal=" + Texts.quote(text));
    }

    @Override
    public String toString() {
        return number <= NAMES.size() ? "SIG" + NAMES.get(number - 1) : "signal " + number;
    }
}

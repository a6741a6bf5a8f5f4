package io.davit.testkit;

import java.util.List;
import java.util.Objects;

/**
 * What a contract test has a process do. The author of a plugin provides a program for each act, or
 * a root filesystem with a shell.
 *
 * @param act what
 * @param number the status of {@link Act#EXIT}, the bytes of {@link Act#FLOOD}; otherwise 0
 * @param terminal whether it gets a terminal
 * @since 1.0
 */
public record Guest(Act act, long number, boolean terminal) {
    /** The acts. */
    public enum Act {
        /** Ends with a status. */
        EXIT,
        /**
         * Writes {@code ready} and a newline, and ends only by a signal: by TERM with status 143.
         */
        WAIT,
        /** Copies standard input to standard output until its end, then ends with status 0. */
        CAT,
        /** Writes {@code out} and {@code err}, each with a newline, where they belong, and ends. */
        SPEAK,
        /** Writes {@code x} and a newline for ever, as fast as it can. */
        TICK,
        /** Writes so many zero bytes, and ends with status 0. */
        FLOOD,
        /** Answers each line of input with the rows and columns of its terminal: {@code 24 80}. */
        SIZE,
        /** Is a program that is not there, named {@code /no/such/program}. */
        MISSING
    }

    /** Checks presence. */
    public Guest {
        Objects.requireNonNull(act, "act");
    }

    /**
     * Makes a guest without a terminal.
     *
     * @param act what it does
     * @return the guest; never {@code null}
     */
    public static Guest of(Act act) {
        return new Guest(act, 0, false);
    }

    /**
     * Makes a guest without a terminal.
     *
     * @param act what it does
     * @param number the act's number
     * @return the guest; never {@code null}
     */
    public static Guest of(Act act, long number) {
        return new Guest(act, number, false);
    }

    /**
     * Returns arguments for a root filesystem with {@code /bin/sh} and the usual small programs,
     * such as busybox.
     *
     * @return the arguments; never {@code null}
     */
    public List<String> shell() {
        String line =
                switch (act) {
                    case EXIT -> "exit " + number;
                    case WAIT ->
                            "trap 'kill $!; exit 143' TERM; sleep 3600 & echo ready;"
                                    + " while :; do wait; done";
                    case CAT -> "exec cat";
                    case SPEAK -> "echo out; echo err >&2";
                    case TICK -> "while :; do echo x; done";
                    case FLOOD -> "exec head -c " + number + " /dev/zero";
                    case SIZE -> "while read line; do stty size; done";
                    case MISSING -> "";
                };
        return act == Act.MISSING ? List.of("/no/such/program") : List.of("/bin/sh", "-c", line);
    }
}

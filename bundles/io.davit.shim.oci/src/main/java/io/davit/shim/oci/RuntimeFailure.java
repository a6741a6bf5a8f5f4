package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Turns what an OCI runtime complained about into a failure. */
final class RuntimeFailure {
    private static final int LONGEST = 300;
    private static final String MESSAGE = " msg=\"";
    private static final List<String> EXHAUSTED =
            List.of(
                    "no space left on device",
                    "resource temporarily unavailable",
                    "cannot allocate memory",
                    "too many open files",
                    "quota exceeded");
    private static final List<String> NOT_EXECUTABLE =
            List.of("exec format error", "open executable: ");
    private static final List<String> NO_COMMAND = List.of("executable file", "oci command");

    /** What runc says of a program, with a reason behind it. */
    private static final String EXEC = "exec: \"";

    private RuntimeFailure() {}

    /**
     * Makes the failure of a step.
     *
     * @param step what was being done and for whom
     * @param said what the runtime printed
     */
    static DavitException of(String step, String said) {
        String reason = unwrapped(said.strip());
        String why = reason.isEmpty() ? "the runtime gave no reason" : printable(reason);
        return new DavitException(kind(reason.toLowerCase(Locale.ROOT)), step + ": " + why);
    }

    /** Takes the message out of a line of runc's log. */
    private static String unwrapped(String said) {
        int begin = said.lastIndexOf(MESSAGE);
        if (begin < 0 || !said.endsWith("\"")) {
            return said;
        }
        String quoted = said.substring(begin + MESSAGE.length(), said.length() - 1);
        return quoted.replace("\\\"", "\"").replace("\\n", " ");
    }

    private static Kind kind(String said) {
        if (EXHAUSTED.stream().anyMatch(said::contains)) {
            return Kind.RESOURCE_EXHAUSTED;
        }
        Optional<Kind> program = program(said);
        if (program.isPresent()) {
            return program.get();
        }
        if (said.contains("already exists") || said.contains("given id already")) {
            return Kind.ALREADY_EXISTS;
        }
        if (said.contains("operation not permitted") || said.contains("permission denied")) {
            return Kind.PERMISSION_DENIED;
        }
        return Kind.INTERNAL;
    }

    /** What is wrong with the program that was to be run, if that is what is wrong. */
    private static Optional<Kind> program(String said) {
        boolean named = said.contains(EXEC) || NO_COMMAND.stream().anyMatch(said::contains);
        if (NOT_EXECUTABLE.stream().anyMatch(said::contains)
                || named && said.contains("permission denied")) {
            return Optional.of(Kind.FAILED_PRECONDITION);
        }
        return named ? Optional.of(Kind.NOT_FOUND) : Optional.empty();
    }

    /** Keeps the end, where the cause stands, as one line without control characters. */
    private static String printable(String said) {
        String line = said.strip().replaceAll("[\\p{Cntrl}]+", " ");
        line = line.replaceAll("[^ -~]", "?");
        return line.length() <= LONGEST ? line : "…" + line.substring(line.length() - LONGEST);
    }
}

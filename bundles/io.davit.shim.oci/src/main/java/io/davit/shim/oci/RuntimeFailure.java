package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;

import java.util.List;
import java.util.Locale;

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
    private static final List<String> NO_COMMAND =
            List.of(
                    "executable file",
                    "exec: \"",
                    "exec format error",
                    "no such file or directory: oci command");

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
        if (NO_COMMAND.stream().anyMatch(said::contains)) {
            return Kind.INVALID_ARGUMENT;
        }
        if (said.contains("already exists") || said.contains("given id already")) {
            return Kind.ALREADY_EXISTS;
        }
        if (said.contains("operation not permitted") || said.contains("permission denied")) {
            return Kind.PERMISSION_DENIED;
        }
        return Kind.INTERNAL;
    }

    /** Keeps the end, where the cause stands, as one line without control characters. */
    private static String printable(String said) {
        String line = said.strip().replaceAll("[\\p{Cntrl}]+", " ");
        line = line.replaceAll("[^ -~]", "?");
        return line.length() <= LONGEST ? line : "…" + line.substring(line.length() - LONGEST);
    }
}

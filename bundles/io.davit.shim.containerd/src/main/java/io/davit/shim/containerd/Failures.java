package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.ttrpc.TtrpcException;

import java.util.List;
import java.util.regex.Pattern;

/** Turns what the system refused, or a shim answered, into what Davit says. */
final class Failures {
    /** What the stock shim says, without a class, when a state forbids a call. */
    private static final Pattern FORBIDDEN_BY_STATE =
            Pattern.compile("cannot [a-z]+ (a|an|in a|in an) [a-z]+ (process|state|container).*");

    private static final List<String> MISSING =
            List.of("no such file or directory", "not found in $PATH");

    private static final List<String> FORBIDDEN =
            List.of(
                    "permission denied",
                    "Permission denied",
                    "Operation not permitted",
                    "is a directory");

    private static final int LONGEST_SAID = 300;

    private Failures() {}

    /**
     * Makes the failure of a step.
     *
     * @param step what was being done and for whom
     */
    static DavitException of(String step, LinuxException e) {
        return new DavitException(kind(e), step + ": " + e.getMessage(), e);
    }

    /**
     * Makes the failure of a call to a shim.
     *
     * @param step what was being done and for whom
     */
    static DavitException of(String step, TtrpcException e) {
        Kind kind =
                switch (e.origin()) {
                    case PEER -> kindOfAnswer(e);
                    case CLOSED -> Kind.UNAVAILABLE;
                    case PROTOCOL -> Kind.INTERNAL;
                    case DEADLINE -> Kind.DEADLINE_EXCEEDED;
                    case LOCAL -> Kind.ofCode(e.code().number());
                };
        return new DavitException(kind, step + ": " + repeat(e.getMessage()), e);
    }

    /** Quotes what a shim said; noise takes six times its room when it is escaped. */
    static String quote(String said) {
        boolean noise = said.chars().anyMatch(c -> c < ' ' || c > '~');
        return Texts.quote(noise ? said.substring(0, Math.min(said.length(), 50)) : said);
    }

    /** Repeats what a shim or a program said: on one line, without what steers a terminal. */
    private static String repeat(String said) {
        StringBuilder out = new StringBuilder();
        said.chars()
                .limit(LONGEST_SAID)
                .forEach(c -> out.append(c < ' ' || c == 127 ? ' ' : (char) c));
        return said.length() > LONGEST_SAID ? out + "…" : out.toString();
    }

    /** Makes the failure of a shim that broke the contract. */
    static DavitException protocol(String what) {
        return new DavitException(Kind.INTERNAL, "protocol error: " + what);
    }

    /** Makes the failure of a call whose thread was interrupted, and keeps the interrupt. */
    static DavitException interrupted(String step) {
        Thread.currentThread().interrupt();
        return new DavitException(Kind.CANCELLED, "interrupted: " + step);
    }

    /** Says whether a file or process was not there. */
    static boolean isMissing(LinuxException e) {
        return e.is(Errno.ENOENT, Errno.ESRCH);
    }

    /** Says whether a call failed because the shim answered so. */
    static boolean isAnswer(DavitException e) {
        return e.getCause() instanceof TtrpcException why
                && why.origin() == TtrpcException.Origin.PEER;
    }

    private static Kind kindOfAnswer(TtrpcException e) {
        Kind kind = Kind.ofCode(e.code().number());
        String message = e.getMessage();
        if (isUnknownMethod(kind, message)) {
            return Kind.NOT_IMPLEMENTED;
        }
        if (kind != Kind.UNKNOWN) {
            return kind;
        }
        if (message.length() < 200 && FORBIDDEN_BY_STATE.matcher(message).matches()) {
            return Kind.FAILED_PRECONDITION;
        }
        if (message.contains("already exists")) {
            return Kind.ALREADY_EXISTS;
        }
        return kindOfProgram(message);
    }

    /** OCI runtimes say why they cannot run a program only in words. */
    private static Kind kindOfProgram(String message) {
        boolean program = message.contains("exec: ") || message.contains("executable");
        if (program && MISSING.stream().anyMatch(message::contains)) {
            return Kind.NOT_FOUND;
        }
        return program && FORBIDDEN.stream().anyMatch(message::contains)
                ? Kind.FAILED_PRECONDITION
                : Kind.UNKNOWN;
    }

    /** Shims written in Rust have other codes for what they do not know than those in Go. */
    private static boolean isUnknownMethod(Kind kind, String message) {
        return kind == Kind.NOT_FOUND && message.endsWith(" is not supported")
                || kind == Kind.INVALID_ARGUMENT
                        && message.contains("containerd.task.v")
                        && message.endsWith(" does not exist");
    }

    private static Kind kind(LinuxException e) {
        return switch (e.errno()) {
            case ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EAGAIN -> Kind.RESOURCE_EXHAUSTED;
            case EACCES, EPERM, EROFS -> Kind.PERMISSION_DENIED;
            case ENOSYS, EOPNOTSUPP -> Kind.NOT_IMPLEMENTED;
            case ETIMEDOUT -> Kind.DEADLINE_EXCEEDED;
            default -> Kind.INTERNAL;
        };
    }
}

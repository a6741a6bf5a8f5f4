package io.davit.linux;

import java.io.IOException;

/** A system call that failed: which one, on what, and why. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_PATH = 200;

    private final int number;
    private final String call;
    private final String path;

    /**
     * Makes a failure.
     *
     * @param number the error number, as the kernel gives it
     * @param call the system call, or what was refused before one
     * @param path what it was applied to; may be empty
     */
    public LinuxException(int number, String call, String path) {
        this(number, call, path, "");
    }

    /**
     * Makes a failure with a reason that the number alone does not tell.
     *
     * @param errno the error that fits best
     * @param call the system call, or what was refused before one
     * @param path what it was applied to; may be empty
     * @param why the reason, in words
     */
    public LinuxException(Errno errno, String call, String path, String why) {
        this(errno.number(), call, path, why);
    }

    /**
     * Makes a failure with a reason that the number alone does not tell.
     *
     * @param number the error number, as the kernel gives it
     * @param call the system call, or what was refused before one
     * @param path what it was applied to; may be empty
     * @param why the reason, in words
     */
    public LinuxException(int number, String call, String path, String why) {
        super(message(number, call, path, why));
        this.number = number;
        this.call = call;
        this.path = path;
    }

    /** Returns the error; {@link Errno#OTHER} for a number without a constant. */
    public Errno errno() {
        return Errno.of(number);
    }

    /** Returns the error number as the kernel gave it. */
    public int number() {
        return number;
    }

    /** Returns the system call that failed. */
    public String call() {
        return call;
    }

    /** Returns what the call was applied to; empty when that has no name. */
    public String path() {
        return path;
    }

    /** Says whether this is one of some errors. */
    public boolean is(Errno... any) {
        for (Errno errno : any) {
            if (errno.number() == number) {
                return true;
            }
        }
        return false;
    }

    private static String message(int number, String call, String path, String why) {
        Errno errno = Errno.of(number);
        String name = errno == Errno.OTHER ? "errno " + number : errno.name();
        String on = path.isEmpty() ? "" : " path=" + printable(path);
        return call + " failed: " + name + on + (why.isEmpty() ? "" : " (" + why + ")");
    }

    /** Makes foreign text fit for one line: escaped outside printable ASCII, cut at its length. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().limit(LONGEST_PATH).forEach(c -> append(out, (char) c));
        return out.append(text.length() > LONGEST_PATH ? "\"…" : "\"").toString();
    }

    private static void append(StringBuilder out, char c) {
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (c < ' ' || c > '~') {
            out.append(String.format("\\u%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}

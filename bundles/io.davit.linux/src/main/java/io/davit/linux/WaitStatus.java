package io.davit.linux;

/**
 * How a process ended.
 *
 * @param raw the number that wait(2) gives
 */
public record WaitStatus(int raw) {
    private static final int SIGNAL_BASE = 128;

    /** Says whether a signal ended it. */
    public boolean isSignalled() {
        return (raw & 0x7f) != 0;
    }

    /** Returns the signal that ended it, or 0. */
    public int signal() {
        return raw & 0x7f;
    }

    /** Returns the exit code, or 128 plus the signal, as a shell does. */
    public int code() {
        return isSignalled() ? SIGNAL_BASE + signal() : (raw >> 8) & 0xff;
    }
}

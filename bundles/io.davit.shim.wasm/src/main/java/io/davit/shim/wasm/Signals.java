package io.davit.shim.wasm;

/** What signals do to a guest: it has no handlers, so each does what it does by default. */
final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;
    private static final int CHLD = 17;
    private static final int CONT = 18;
    private static final int STOP = 19;
    private static final int TSTP = 20;
    private static final int TTIN = 21;
    private static final int TTOU = 22;
    private static final int URG = 23;
    private static final int WINCH = 28;

    private Signals() {}

    static boolean halts(int signal) {
        return signal == STOP || signal == TSTP || signal == TTIN || signal == TTOU;
    }

    static boolean resumes(int signal) {
        return signal == CONT;
    }

    /** Says whether it ends a process. */
    static boolean ends(int signal) {
        return !halts(signal)
                && !resumes(signal)
                && signal != CHLD
                && signal != URG
                && signal != WINCH;
    }
}

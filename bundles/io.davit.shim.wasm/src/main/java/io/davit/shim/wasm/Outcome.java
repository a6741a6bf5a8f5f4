package io.davit.shim.wasm;

import io.davit.api.task.Exit;

/**
 * How a guest ended.
 *
 * @param status 0 to 255
 * @param reason one of {@link Exit}'s words with details; {@code null} for an ordinary end
 */
record Outcome(int status, String reason) {
    private static final int TRAPPED = 134;
    private static final int OUT_OF_MEMORY = 137;
    private static final int LONGEST_REASON = 300;

    /** It ended itself. */
    static Outcome exited(int code) {
        return new Outcome(code & 0xff, null);
    }

    /** A signal ended it. */
    static Outcome killed(int signal) {
        return new Outcome(128 + signal, null);
    }

    /** The machine refused to go on. */
    static Outcome trapped(String why) {
        String text = Exit.TRAP + ": " + why;
        return new Outcome(
                TRAPPED, text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text);
    }

    static Outcome outOfMemory() {
        return new Outcome(OUT_OF_MEMORY, Exit.OOM);
    }

    boolean isOutOfMemory() {
        return status == OUT_OF_MEMORY && Exit.OOM.equals(reason);
    }
}

package io.davit.mount.linux;

import java.io.InterruptedIOException;

/** Waiting that can be interrupted. */
final class Pauses {
    private Pauses() {}

    static void sleep(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw HelperProgram.interrupted("waiting", e);
        }
    }
}

package io.davit.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Says things to the person at the terminal: one line each, never in the task's output. */
final class Notices {
    private final OutputStream err;

    Notices(OutputStream err) {
        this.err = err;
    }

    void say(String message) {
        String line = "davit: " + message.replaceAll("[\\r\\n]+", " ") + "\n";
        try {
            err.write(line.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            // Nobody listens.
        }
    }
}

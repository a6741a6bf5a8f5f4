package io.davit.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The terminal of this process while a task uses it: raw, and its size told to the daemon.
 *
 * <p>Works through {@code stty}. A small shell process in the same foreground group waits for the
 * size to change, because the JVM cannot be told. It ends with the pipe to it; should this process
 * be killed, it gives the terminal back in its place.
 */
final class Terminal {
    /**
     * Standard input is a pipe of ours, the terminal is {@code /dev/tty}, the argument how it was.
     * After the end of the pipe a shell that runs this process has a moment to give the terminal
     * back by itself; it is left alone if it is not as we made it.
     */
    private static final String WATCH =
            "exec 3<&0 </dev/tty; trap '' TTOU; stty raw -echo; raw=$(stty -g);"
                    + " cat <&3 >/dev/null & c=$!; trap 'stty size' WINCH; stty size;"
                    + " while kill -0 $c 2>/dev/null; do wait $c; done;"
                    + " sleep 1; [ \"$(stty -g)\" != \"$raw\" ] || stty \"$0\"";

    private static final long STTY_SECONDS = 5;

    private final ClientFrames frames;

    /** The settings to go back to; {@code null} while the terminal is ours; guarded by this. */
    private String before;

    /** Watches the size; guarded by this. */
    private Process watcher;

    Terminal(ClientFrames frames) {
        this.frames = frames;
    }

    /** Makes the terminal the task's and tells its size; tells zeros if there is none. */
    synchronized void lend() throws IOException {
        if (before != null) {
            return;
        }
        String settings = stty("-g");
        if (settings.isEmpty()) {
            frames.size(0, 0);
            return;
        }
        before = settings;
        watcher =
                new ProcessBuilder("/bin/sh", "-c", WATCH, settings)
                        .redirectErrorStream(true)
                        .start();
        Process started = watcher;
        Thread thread = new Thread(() -> tellSizes(started), "davit-client-terminal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Gives the terminal back as it was; can be repeated. */
    synchronized void restore() {
        if (before == null) {
            return;
        }
        try {
            watcher.destroy();
            watcher.getOutputStream().close();
            watcher.waitFor(STTY_SECONDS, TimeUnit.SECONDS);
            stty(before);
        } catch (IOException e) {
            // The terminal has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        before = null;
    }

    private void tellSizes(Process process) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            lines.lines().forEach(this::tell);
        } catch (IOException | UncheckedIOException e) {
            // The task has ended, or the daemon has gone.
        }
    }

    /** Tells a line of rows and columns. */
    private void tell(String line) {
        String[] numbers = line.split(" ");
        try {
            if (numbers.length == 2 && line.matches("[0-9]{1,5} [0-9]{1,5}")) {
                int rows = Integer.parseInt(numbers[0]);
                int columns = Integer.parseInt(numbers[1]);
                // A terminal that does not know its size has the usual one.
                frames.size(columns == 0 ? 80 : columns, rows == 0 ? 24 : rows);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code stty} on standard input; what it says, or nothing if it fails. */
    private static String stty(String... args) throws IOException {
        String[] command = new String[args.length + 1];
        command[0] = "stty";
        System.arraycopy(args, 0, command, 1, args.length);
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            boolean ended = process.waitFor(STTY_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? said.strip() : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        } finally {
            process.destroy();
        }
    }
}

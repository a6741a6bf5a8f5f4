package io.davit.mount.linux;

import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program of the system that does one thing and ends; run with an environment of our own. */
final class HelperProgram {
    private static final List<String> SYSTEM_DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin");
    private static final int LONGEST_OUTPUT = 8192;

    private final String path;

    private HelperProgram(String path) {
        this.path = path;
    }

    /** Looks for a program in the system's directories and in those of {@code PATH}. */
    static Optional<HelperProgram> find(String name) {
        return directories().stream()
                .map(directory -> new File(directory, name))
                .filter(file -> file.isAbsolute() && file.isFile() && file.canExecute())
                .map(file -> new HelperProgram(file.getPath()))
                .findFirst();
    }

    /** Looks for a program that has to be there. */
    static HelperProgram require(String name) throws LinuxException {
        return find(name)
                .orElseThrow(
                        () ->
                                new LinuxException(
                                        Errno.ENOENT, "find program", name, "not installed"));
    }

    private static List<String> directories() {
        List<String> all = new ArrayList<>(SYSTEM_DIRECTORIES);
        String search = System.getenv("PATH");
        all.addAll(search == null ? List.of() : List.of(search.split(File.pathSeparator)));
        return all;
    }

    /** Starts it with its output and errors joined. */
    Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, path);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", String.join(File.pathSeparator, SYSTEM_DIRECTORIES));
        return builder.start();
    }

    /**
     * Runs it to its end.
     *
     * @throws IOException if it fails, with what it said; {@code ETIMEDOUT} if it was killed after
     *     the timeout
     */
    void run(List<String> arguments, Duration timeout) throws IOException {
        Process process = start(arguments);
        try {
            process.getOutputStream().close();
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LinuxException(Errno.ETIMEDOUT, "run", path, "killed after " + timeout);
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        "%s failed: status=%d output=%s"
                                .formatted(path, process.exitValue(), output(process)));
            }
        } catch (InterruptedException e) {
            throw interrupted(path, e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Takes what is there; a daemon that keeps the pipe open is not waited for. */
    static String output(Process process) throws IOException {
        InputStream in = process.getInputStream();
        byte[] text = in.readNBytes(Math.min(LONGEST_OUTPUT, in.available()));
        return new String(text, StandardCharsets.UTF_8).strip().replace('\n', ' ');
    }

    static InterruptedIOException interrupted(String what, InterruptedException cause) {
        InterruptedIOException e = new InterruptedIOException(what + " interrupted");
        e.initCause(cause);
        return e;
    }
}

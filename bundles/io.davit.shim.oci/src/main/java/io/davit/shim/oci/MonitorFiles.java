package io.davit.shim.oci;

import io.davit.linux.LinuxException;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;

/**
 * What a conmon leaves in the directory of its process.
 *
 * <p>Source: conmon(8), {@code --persist-dir}.
 */
final class MonitorFiles {
    private static final String EXIT = "exit";
    private static final String OOM = "oom";
    private static final int LIMIT = 100;
    private static final int UNKNOWN = 255;

    private final PrivateFiles files;

    MonitorFiles(PrivateFiles files) {
        this.files = files;
    }

    /**
     * How a process ended.
     *
     * @param status 0 to 255
     * @param at when conmon wrote it
     */
    record Ended(int status, Instant at) {}

    /** Removes what an earlier process of the same name left. */
    void clear() throws LinuxException {
        files.remove(EXIT);
        files.remove(OOM);
    }

    /** Reads how the process ended; nothing if it has not, or its conmon could not write it. */
    Optional<Ended> ended() throws LinuxException {
        Optional<String> text = files.read(EXIT, LIMIT);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Ended(status(text.get().strip()), writtenAt()));
    }

    private static int status(String text) {
        try {
            int status = Integer.parseInt(text);
            return status < 0 || status > UNKNOWN ? UNKNOWN : status;
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** A clock that was set back must not make an exit of the future. */
    private Instant writtenAt() {
        Instant now = Instant.now();
        try {
            Instant written = Files.getLastModifiedTime(files.path(EXIT)).toInstant();
            return written.isAfter(now) ? now : written;
        } catch (IOException e) {
            return now;
        }
    }

    /** Says whether conmon saw the task run out of memory. */
    boolean ranOutOfMemory() {
        return Files.exists(files.path(OOM));
    }
}

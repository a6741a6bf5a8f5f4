package io.davit.shim.containerd;

import io.davit.linux.LinuxException;
import io.davit.linux.SmallFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds processes by the token in their environment, which children inherit. */
final class TokenSearch {
    private static final int LIMIT = 1 << 20;

    private TokenSearch() {}

    /** Reads the token a process was given. */
    static Optional<String> tokenOf(int pid) {
        String prefix = Invocation.TOKEN + "=";
        try {
            byte[] environment =
                    SmallFiles.read(Path.of("/proc", Integer.toString(pid), "environ"), LIMIT);
            String text = new String(environment, StandardCharsets.ISO_8859_1);
            for (String line : text.split("\0")) {
                if (line.startsWith(prefix)) {
                    return Optional.of(line.substring(prefix.length()));
                }
            }
        } catch (LinuxException ignored) {
            // it has ended, or its environment is none of our business
        }
        return Optional.empty();
    }

    /** Lists the live processes that were given a token. */
    static List<HostProcess> find(String token) throws LinuxException {
        List<HostProcess> found = new ArrayList<>();
        for (int pid : pids()) {
            if (tokenOf(pid).filter(token::equals).isPresent()) {
                HostProcess.of(pid).ifPresent(found::add);
            }
        }
        return found;
    }

    private static List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                pids.add(Integer.parseInt(entry.getFileName().toString()));
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException ignored) {
            // without /proc nothing is found
        }
        return pids;
    }
}

package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The releases of the real shim that tests run with. */
enum Generation {
    /** The one this machine has: API version 2, knows no {@code -info}. */
    INSTALLED(""),
    /** API version 2, takes parameters without reading them. */
    TRIXIE("trixie"),
    /** API version 3. */
    FORKY("forky");

    static final String BINARY = "containerd-shim-runc-v2";

    private final String suite;

    /** Where it is; {@code null} before it was looked for. Guarded by this. */
    private Path directory;

    Generation(String suite) {
        this.suite = suite;
    }

    /** The directory of the binary; without one the test is not run, and its report says why. */
    synchronized Path directory() throws IOException, InterruptedException {
        if (directory == null) {
            directory = suite.isEmpty() ? Path.of("/usr/bin") : fetch();
        }
        boolean there = Files.isExecutable(directory.resolve(BINARY));
        assumeTrue(there, "no " + BINARY + " of generation " + this + ": " + directory);
        return directory;
    }

    private Path fetch() throws IOException, InterruptedException {
        Process script =
                new ProcessBuilder("src/test/bin/newer-containerd", suite)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = script.waitFor(120, TimeUnit.SECONDS) && script.exitValue() == 0;
        return Path.of(done ? printed.strip() : "/not/fetched/" + suite);
    }
}

package io.davit.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The built product, run as a process of its own with a private place for its run directories. */
final class OneShot {
    private final Path runtime;

    /**
     * Prepares runs.
     *
     * @param runtime an empty directory; the run directories are made in it
     */
    OneShot(Path runtime) {
        this.runtime = runtime;
    }

    /** A module among the examples. */
    static Path example(String name) {
        return Path.of(System.getProperty("davit.examples"), name);
    }

    /** A module among the resources of the tests inside a framework. */
    static Path guest(String name) {
        return Path.of(System.getProperty("davit.guests"), name);
    }

    /** Starts a run; the caller feeds its streams. */
    Process start(String... args) throws IOException {
        Path product = Path.of(System.getProperty("davit.product"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xlog:disable");
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Ddavit.bundles=" + product.resolve("davit"));
        command.add("-jar");
        command.add(product.resolve("lib/io.davit.launcher.jar").toString());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder.start();
    }

    /** Runs to the end with nothing to read. */
    Davit.Said run(String... args) throws Exception {
        return Davit.finish(start(args), new byte[0]);
    }

    /** Runs to the end with something to read. */
    Davit.Said runWithInput(String input, String... args) throws Exception {
        return Davit.finish(start(args), input.getBytes(StandardCharsets.UTF_8));
    }

    /** What runs have left behind. */
    List<Path> leftovers() throws IOException {
        Path runs = runtime.resolve("davit/runs");
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (var found = Files.list(runs)) {
            return found.toList();
        }
    }
}

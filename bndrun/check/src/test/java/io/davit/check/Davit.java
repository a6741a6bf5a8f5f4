package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the product with directories of its own, as the script does without its build. */
final class Davit {
    private static final Path PRODUCT = Path.of(System.getProperty("davit.product"));
    private static final long SECONDS = 60;

    private final Path home;
    private final Map<String, String> environment;

    Davit(Path home) {
        this(home, Map.of());
    }

    /** One whose processes have further variables. */
    Davit(Path home, Map<String, String> environment) {
        this.home = home;
        this.environment = Map.copyOf(environment);
    }

    /**
     * What a command ended with and said.
     *
     * @param status its status
     * @param out what it wrote
     * @param err what it said
     */
    record Said(int status, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }

        /** Requires that it went well and returns what it wrote. */
        String good() {
            assertEquals(0, status, err);
            return text();
        }

        /** Requires that Davit refused it with one line, and returns that line. */
        String refused() {
            assertEquals(125, status, text());
            assertTrue(err.startsWith("davit: ") && err.indexOf('\n') == err.length() - 1, err);
            return err.strip();
        }
    }

    Path home() {
        return home;
    }

    Path state() {
        return home.resolve("state");
    }

    Path root() {
        return home.resolve("root");
    }

    /** The command line of a verb, with its directories after the verb's words. */
    List<String> line(List<String> verb, String... rest) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        line.addAll(
                List.of(
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.io.tmpdir=" + home,
                        "-Ddavit.bundles=" + PRODUCT.resolve("davit")));
        line.add("-jar");
        line.add(PRODUCT.resolve("lib/io.davit.launcher.jar").toString());
        line.addAll(verb);
        line.addAll(List.of("--root", root().toString(), "--state", state().toString()));
        line.addAll(List.of(rest));
        return line;
    }

    /** Starts a process without waiting for it. */
    Process start(List<String> line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).directory(home.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs {@code task} and a verb. */
    Said task(String verb, String... rest) throws Exception {
        return finish(start(line(List.of("task", verb), rest)), new byte[0]);
    }

    /** Runs {@code mount} and a verb. */
    Said mount(String verb, String... rest) throws Exception {
        return finish(start(line(List.of("mount", verb), rest)), new byte[0]);
    }

    /** Runs {@code run}. */
    Said run(byte[] input, String... rest) throws Exception {
        return finish(start(line(List.of("run"), rest)), input);
    }

    /** Gives a process its input and waits for it. */
    static Said finish(Process process, byte[] input) throws Exception {
        CompletableFuture<byte[]> out =
                CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()));
        CompletableFuture<byte[]> err =
                CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()));
        try {
            process.getOutputStream().write(input);
            process.getOutputStream().close();
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("pipe"), e.getMessage()); // it does not read
        }
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "does not end");
            return new Said(process.exitValue(), get(out), new String(get(err), "UTF-8"));
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] get(CompletableFuture<byte[]> bytes)
            throws InterruptedException, ExecutionException, TimeoutException {
        return bytes.get(SECONDS, TimeUnit.SECONDS);
    }

    private static byte[] readAll(java.io.InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a module and returns its path. */
    String module(String name, byte[] bytes) throws IOException {
        return Files.write(home.resolve(name + ".wasm"), bytes).toString();
    }
}

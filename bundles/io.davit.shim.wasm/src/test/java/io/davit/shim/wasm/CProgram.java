package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** Builds the C programs of the tests with clang, once for each change of the source. */
final class CProgram {
    private static final String MISSING =
            "cannot build C for WebAssembly: install clang, lld, wasi-libc and"
                    + " libclang-rt-14-dev-wasm32 (Debian's names)";

    private CProgram() {}

    /** Returns the module built from a source of that name. */
    static synchronized Path module(String name) {
        Path base = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        Path source = base.resolve("src/test/c").resolve(name + ".c");
        Path module = base.resolve("target/c").resolve(name + ".wasm");
        try {
            if (!Files.exists(module)
                    || Files.getLastModifiedTime(module)
                                    .compareTo(Files.getLastModifiedTime(source))
                            < 0) {
                build(source, module);
            }
            return module;
        } catch (IOException e) {
            throw new AssertionError(MISSING, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while building " + source, e);
        }
    }

    private static void build(Path source, Path module) throws IOException, InterruptedException {
        Files.createDirectories(module.getParent());
        Path made = Files.createTempFile(module.getParent(), "new-", ".wasm");
        Process clang =
                new ProcessBuilder(
                                "clang",
                                "--target=wasm32-wasi",
                                "-O2",
                                "-s",
                                "-o",
                                made.toString(),
                                source.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(clang.getInputStream().readAllBytes());
        assertTrue(clang.waitFor(60, TimeUnit.SECONDS), "clang does not end");
        assertEquals(0, clang.exitValue(), () -> MISSING + ": " + said);
        Files.move(
                made, module, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.davit.api.mount.Mount;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** WASI by the letter, and the C library on top of it, on each kind of file system. */
class ConformanceTest {
    @TempDir Path directory;
    private Sandbox sandbox;

    /** Makes what the tests run in. */
    Sandbox sandbox(Path base) throws IOException {
        return new Sandbox(base);
    }

    @BeforeEach
    void open() throws IOException {
        sandbox = sandbox(directory);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private void strict() {
        sandbox.bind(CProgram.module("strict"), "/bin/strict");
        Sandbox.Result result = sandbox.run("/bin/strict");
        assertEquals("", result.out());
        assertEquals(0, result.status());
    }

    private void library() throws IOException {
        sandbox.bind(CProgram.module("library"), "/bin/library");
        Sandbox.Result result = sandbox.run("/bin/library");
        try (InputStream expected = getClass().getResourceAsStream("/library.txt")) {
            assertEquals(new String(expected.readAllBytes(), StandardCharsets.UTF_8), result.out());
        }
        assertEquals(0, result.status());
    }

    private void overlay() throws IOException {
        Files.createDirectories(directory.resolve("lower"));
        Files.createDirectories(directory.resolve("upper"));
        Files.createDirectories(directory.resolve("work"));
        sandbox.rootMount(
                new Mount(
                        "overlay",
                        "overlay",
                        "",
                        List.of(
                                "lowerdir=" + directory.resolve("lower"),
                                "upperdir=" + directory.resolve("upper"),
                                "workdir=" + directory.resolve("work"))));
    }

    @Test
    void wasi_on_a_directory() {
        strict();
    }

    @Test
    void wasi_on_an_overlay() throws IOException {
        overlay();
        strict();
    }

    @Test
    void wasi_on_a_tmpfs() {
        sandbox.rootMount(Mount.of("tmpfs", "tmpfs"));
        strict();
    }

    @Test
    void the_c_library_on_a_directory() throws IOException {
        library();
    }

    @Test
    void the_c_library_on_an_overlay() throws IOException {
        overlay();
        library();
    }

    @Test
    void the_c_library_on_a_tmpfs() throws IOException {
        sandbox.rootMount(Mount.of("tmpfs", "tmpfs"));
        library();
    }
}

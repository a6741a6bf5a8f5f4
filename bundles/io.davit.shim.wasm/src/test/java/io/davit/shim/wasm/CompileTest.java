package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** From interpreted to compiled, and from one JVM to the next. */
class CompileTest {
    @TempDir Path directory;
    private Sandbox sandbox;

    @AfterEach
    void close() {
        sandbox.close();
    }

    private void open(long delayMillis) throws IOException {
        sandbox =
                new Sandbox(directory, new TestConfig().with("compile_delay_millis", delayMillis));
        if (!Files.exists(sandbox.root().resolve("task.wasm"))) {
            sandbox.with("task");
        }
    }

    private List<Path> kept() throws IOException {
        Path cache = directory.resolve("cache");
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (var files = Files.list(cache)) {
            return files.toList();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "never happened");
            Thread.sleep(5);
        }
    }

    private WasmProgram program() {
        return program("/task.wasm");
    }

    private WasmProgram program(String path) {
        try (Place root = new Place(root(), null)) {
            return sandbox.runtime()
                    .engine()
                    .loader()
                    .load(root, new GuestProgram(List.of(path), List.of(), "/"), null, Sandbox.LONG)
                    .program();
        }
    }

    private Dir root() {
        try {
            return HostVolume.open(sandbox.root(), true, true).root();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_loop_without_calls_gets_compiled_while_it_runs() throws IOException {
        open(0);
        // Interpreted this takes minutes.
        Sandbox.Result result = sandbox.run("/task.wasm", "loop", "2000");
        assertEquals("begin", result.lines().get(0));
        assertEquals(2, result.lines().size());
        assertEquals(0, result.status());
    }

    @Test
    void interpreted_and_compiled_agree() throws Exception {
        open(1_000_000);
        String interpreted = sandbox.run("/task.wasm", "loop", "1").out();
        assertFalse(program().form().isCompiled());
        assertEquals("6765\n", sandbox.run("/task.wasm", "fib", "20").out());
        await(() -> program().form().isCompiled());
        assertEquals(interpreted, sandbox.run("/task.wasm", "loop", "1").out());
        assertEquals("6765\n", sandbox.run("/task.wasm", "fib", "20").out());
    }

    @Test
    void compiled_code_is_kept_for_the_next_jvm() throws Exception {
        open(0);
        sandbox.run("/task.wasm");
        sandbox.run("/task.wasm");
        await(() -> program().form().isCompiled());
        sandbox.close();
        assertEquals(1, kept().size());
        Path file = kept().get(0);
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        open(1_000_000);
        assertTrue(program().form().isCompiled());
        assertEquals("6765\n", sandbox.run("/task.wasm", "fib", "20").out());
    }

    @Test
    void a_function_too_large_for_java_is_interpreted_among_compiled_ones() throws Exception {
        open(0);
        sandbox.with("huge");
        assertEquals("1767784000\n", sandbox.run("/huge.wasm").out());
        assertEquals("1767784000\n", sandbox.run("/huge.wasm").out());
        await(() -> program("/huge.wasm").form().isCompiled());
        assertEquals(1, program("/huge.wasm").form().code().interpreted().size());
        assertEquals("1767784000\n", sandbox.run("/huge.wasm").out());
        sandbox.close();
        open(0);
        assertTrue(program("/huge.wasm").form().isCompiled());
        assertEquals("1767784000\n", sandbox.run("/huge.wasm").out());
    }

    private void damage(byte[] content) throws Exception {
        open(0);
        sandbox.run("/task.wasm");
        sandbox.run("/task.wasm");
        await(() -> program().form().isCompiled());
        sandbox.close();
        Path file = kept().get(0);
        byte[] good = Files.readAllBytes(file);
        byte[] bad = content == null ? good.clone() : content;
        if (content == null) {
            bad[bad.length / 2] ^= 1;
        }
        Files.write(file, bad);
        open(0);
        assertFalse(program().form().isCompiled());
        assertEquals("hello world\n", sandbox.run("/task.wasm").out());
        assertEquals("hello world\n", sandbox.run("/task.wasm").out());
        await(() -> program().form().isCompiled());
        sandbox.close();
        assertEquals(good.length, Files.size(kept().get(0)));
        open(0);
        assertTrue(program().form().isCompiled());
    }

    @Test
    void code_that_was_changed_on_disk_is_not_used() throws Exception {
        damage(null);
    }

    @Test
    void code_that_was_cut_off_is_not_used() throws Exception {
        damage(new byte[0]);
    }

    @Test
    void a_directory_others_may_write_to_is_not_used() throws Exception {
        Path cache = Files.createDirectories(directory.resolve("cache"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        open(0);
        sandbox.run("/task.wasm");
        sandbox.run("/task.wasm");
        await(() -> program().form().isCompiled());
        sandbox.close();
        assertEquals(List.of(), kept());
    }

    @Test
    void code_on_disk_is_bounded() throws Exception {
        CodeStore store = new CodeStore(directory.resolve("bounded"), 2_500);
        for (int i = 0; i < 5; i++) {
            store.save(
                    "digest" + i,
                    new CompiledCode(
                            "M", java.util.Map.of("M", new byte[1_000]), java.util.Set.of(), 0));
        }
        try (var files = Files.list(directory.resolve("bounded"))) {
            assertEquals(2, files.count());
        }
        CompiledCode kept = store.load("digest4");
        assertArrayEquals(new byte[1_000], kept.classes().get("M"));
        open(0);
    }
}

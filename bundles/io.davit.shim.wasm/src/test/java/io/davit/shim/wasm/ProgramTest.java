package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What programs get, and how they end. */
class ProgramTest {
    @TempDir Path directory;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws IOException {
        sandbox = new Sandbox(directory).with("task");
    }

    @AfterEach
    void close() {
        sandbox.close();
        assertEquals(
                0, sandbox.runtime().engine().budget().taken(), "memory that was not given back");
    }

    private Sandbox.Result run(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "/task.wasm";
        System.arraycopy(args, 0, all, 1, args.length);
        return sandbox.run(all);
    }

    @Test
    void a_program_writes_and_ends_with_0() {
        Sandbox.Result result = run("there");
        assertEquals("hello there\n", result.out());
        assertEquals(0, result.status());
        assertEquals(Optional.empty(), result.exit().reason());
    }

    @Test
    void an_exit_status_is_the_programs_own_in_8_bits() {
        assertEquals(42, run("exit", "42").status());
        assertEquals(255, run("exit", "-1").status());
        assertEquals(1, run("_exit", "257").status());
    }

    @Test
    void arguments_and_environment_arrive_as_they_are() {
        sandbox.env("A=1", "EMPTY=", "Ü=ö x");
        assertEquals(
                List.of("[/task.wasm]", "[args]", "[ä b]", "[]"), run("args", "ä b", "").lines());
        assertEquals(List.of("A=1", "EMPTY=", "Ü=ö x"), run("env").lines());
    }

    @Test
    void streams_are_kept_apart() {
        Sandbox.Result result = run("error");
        assertEquals("to stdout\n", result.out());
        assertEquals("to stderr\n", result.error());
    }

    @Test
    void input_is_read_to_its_end() {
        String text = "line\n".repeat(100_000);
        sandbox.input(text);
        assertEquals(text, run("cat").out());
    }

    @Test
    void input_can_be_polled() throws IOException {
        sandbox.input("x");
        assertEquals("ready\n", run("poll", "10000").out());
        try (java.io.PipedOutputStream writer = new java.io.PipedOutputStream()) {
            sandbox.input(new java.io.PipedInputStream(writer));
            assertEquals("nothing\n", run("poll", "10").out());
        }
    }

    @Test
    void clocks_advance() {
        assertEquals("waited now\n", run("clock").out());
    }

    private void trapped(String detail, String... args) {
        Sandbox.Result result = run(args);
        assertEquals(134, result.status());
        String reason = result.exit().reason().orElseThrow();
        assertTrue(reason.startsWith("trap: ") && reason.contains(detail), reason);
    }

    @Test
    void a_trap_is_134_and_says_why() {
        trapped("unreachable", "abort");
        trapped("divide by zero", "divide", "0");
        trapped("out of bounds", "outside");
    }

    @Test
    void endless_recursion_is_a_trap() {
        trapped("", "recurse");
        assertEquals("hello again\n", run("again").out());
    }

    @Test
    void a_program_is_refused_more_memory_than_its_cap() {
        sandbox.memory(8 << 20);
        Sandbox.Result result = run("grow");
        assertEquals(7, result.status());
        int blocks = Integer.parseInt(result.out().split(" ")[0]);
        assertTrue(blocks >= 5 && blocks <= 8, result.out());
    }

    @Test
    void all_programs_together_are_refused_more_memory_than_there_is() throws IOException {
        sandbox.close();
        sandbox =
                new Sandbox(
                                directory.resolve("small"),
                                new TestConfig().with("memory_total_bytes", 4L << 20))
                        .with("task");
        Sandbox.Result result = run("grow");
        assertEquals(7, result.status());
        assertTrue(Integer.parseInt(result.out().split(" ")[0]) <= 4, result.out());
    }

    @Test
    void an_exported_function_is_called_with_numbers() {
        assertEquals("42\n", sandbox.run("/task.wasm#add", "40", "2").out());
        assertEquals("-1\n", sandbox.run("/task.wasm#add", "4294967295", "0").out());
        assertEquals("1.25\n", sandbox.run("/task.wasm#half", "2.5").out());
    }

    @Test
    void a_program_is_found_in_the_working_directory_and_the_path() throws IOException {
        java.nio.file.Files.createDirectories(sandbox.root().resolve("bin"));
        java.nio.file.Files.move(
                sandbox.root().resolve("task.wasm"), sandbox.root().resolve("bin/task.wasm"));
        assertEquals("hello world\n", sandbox.cwd("/bin").run("task.wasm").out());
        sandbox.cwd("/").env("PATH=/usr/bin:/bin");
        assertEquals("hello world\n", sandbox.run("task.wasm").out());
        assertEquals("hello world\n", sandbox.run("bin/task.wasm").out());
    }
}

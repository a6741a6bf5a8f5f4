package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Stdio;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Modules that are malformed, ask for too much, or for what is not there. */
class ModuleTest {
    @TempDir Path directory;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws IOException {
        sandbox = new Sandbox(directory);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    /** Builds modules by hand. */
    private static final class Bytes extends ByteArrayOutputStream {
        static Bytes module() {
            return new Bytes().add(0, 'a', 's', 'm', 1, 0, 0, 0);
        }

        Bytes add(int... values) {
            for (int each : values) {
                write(each);
            }
            return this;
        }

        Bytes number(long value) {
            long rest = value;
            while (rest > 0x7f) {
                write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
            return this;
        }

        Bytes text(String value) {
            number(value.length());
            writeBytes(value.getBytes());
            return this;
        }

        Bytes section(int id, Bytes content) {
            write(id);
            number(content.size());
            writeBytes(content.toByteArray());
            return this;
        }
    }

    /** One type without parameters, one function of it, exported as the command. */
    private static Bytes command(Bytes imports, Bytes memory, Bytes table, int... body) {
        int functions = imports == null ? 0 : 1;
        Bytes module = Bytes.module().section(1, new Bytes().add(1, 0x60, 0, 0));
        if (imports != null) {
            module.section(2, imports);
        }
        module.section(3, new Bytes().add(1, 0));
        if (table != null) {
            module.section(4, table);
        }
        if (memory != null) {
            module.section(5, memory);
        }
        module.section(7, new Bytes().add(1).text("_start").add(0, functions));
        Bytes code = new Bytes().add(0).add(body).add(0x0b);
        return module.section(
                10, new Bytes().add(1).number(code.size()).add(asInts(code.toByteArray())));
    }

    private static int[] asInts(byte[] bytes) {
        int[] ints = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ints[i] = bytes[i] & 0xff;
        }
        return ints;
    }

    private DavitException refused(byte[] module) throws IOException {
        Files.write(sandbox.root().resolve("m.wasm"), module);
        DavitException refused =
                assertThrows(DavitException.class, () -> sandbox.task(Stdio.NONE, "/m.wasm"));
        assertTrue(refused.getMessage().length() < 500, refused::getMessage);
        return refused;
    }

    private void invalid(byte[] module, String detail) throws IOException {
        DavitException refused = refused(module);
        assertEquals(Kind.INVALID_ARGUMENT, refused.kind(), refused::getMessage);
        assertTrue(refused.getMessage().contains(detail), refused::getMessage);
    }

    private Sandbox.Result run(Bytes module) throws IOException {
        Files.write(sandbox.root().resolve("m.wasm"), module.toByteArray());
        return sandbox.run("/m.wasm");
    }

    @Test
    void an_empty_command_runs() throws IOException {
        assertEquals(0, run(command(null, null, null)).status());
    }

    @Test
    void what_is_no_module_is_refused() throws IOException {
        invalid(new byte[0], "magic");
        invalid("#!/bin/sh\n".getBytes(), "magic");
        invalid(new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0}, "magic");
        byte[] good = command(null, null, null).toByteArray();
        for (int length = 9; length < good.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(good, length);
            assertEquals(Kind.INVALID_ARGUMENT, refused(cut).kind(), "length " + length);
        }
    }

    @Test
    void a_module_that_is_too_large_is_refused_before_it_is_read() throws IOException {
        try (var file =
                new java.io.RandomAccessFile(sandbox.root().resolve("m.wasm").toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        DavitException refused =
                assertThrows(DavitException.class, () -> sandbox.task(Stdio.NONE, "/m.wasm"));
        assertEquals(Kind.INVALID_ARGUMENT, refused.kind());
    }

    @Test
    void a_module_that_is_no_command_is_refused() throws IOException {
        invalid(Bytes.module().toByteArray(), "_start");
    }

    @Test
    void unknown_imports_are_refused_by_name() throws IOException {
        Bytes system = new Bytes().add(1).text("env").text("system").add(0, 0);
        invalid(command(system, null, null).toByteArray(), "env.system");
        Bytes unknown = new Bytes().add(1).text(WasiFunction.MODULE).text("fd_nope").add(0, 0);
        invalid(command(unknown, null, null).toByteArray(), "fd_nope");
        Bytes memory = new Bytes().add(1).text("env").text("memory").add(2, 0, 1);
        invalid(command(memory, null, null).toByteArray(), "env.memory");
    }

    @Test
    void a_known_import_with_another_signature_is_refused() throws IOException {
        Bytes wrong = new Bytes().add(1).text(WasiFunction.MODULE).text("fd_close").add(0, 0);
        invalid(command(wrong, null, null).toByteArray(), "fd_close");
    }

    @Test
    void more_memory_than_allowed_is_refused() throws IOException {
        Bytes memory = new Bytes().add(1, 0).number(65_536);
        invalid(command(null, memory, null).toByteArray(), "memory");
        memory = new Bytes().add(1, 0).number(1_025);
        invalid(command(null, memory, null).toByteArray(), "memory");
        memory = new Bytes().add(1, 0).number(1_024);
        assertEquals(0, run(command(null, memory, null)).status());
    }

    @Test
    void shared_memory_is_refused() throws IOException {
        invalid(command(null, new Bytes().add(1, 3, 1, 2), null).toByteArray(), "shared");
    }

    @Test
    void tables_are_bounded() throws IOException {
        Bytes table = new Bytes().add(1, 0x70, 0).number(100_000_000);
        assertEquals(
                Kind.INVALID_ARGUMENT, refused(command(null, null, table).toByteArray()).kind());
        table = new Bytes().add(1, 0x70, 0).number(1_048_577);
        invalid(command(null, null, table).toByteArray(), "tables");
        // table.grow by a million, again and again, ends with -1 each time but the first.
        Bytes small = new Bytes().add(1, 0x70, 0).number(10);
        int[] grow = {0xd0, 0x70, 0x41, 0xc0, 0x84, 0x3d, 0xfc, 0x0f, 0, 0x1a};
        int[] body = new int[grow.length * 20];
        for (int i = 0; i < body.length; i++) {
            body[i] = grow[i % grow.length];
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(0, run(command(null, null, small, body)).status());
        }
        assertEquals(0, run(command(null, null, small)).status());
    }

    @Test
    void too_many_functions_are_refused() throws IOException {
        int count = 100_000;
        Bytes types = new Bytes().number(count);
        Bytes bodies = new Bytes().number(count);
        for (int i = 0; i < count; i++) {
            types.add(0);
            bodies.add(2, 0, 0x0b);
        }
        byte[] module =
                Bytes.module()
                        .section(1, new Bytes().add(1, 0x60, 0, 0))
                        .section(3, types)
                        .section(7, new Bytes().add(1).text("_start").add(0, 0))
                        .section(10, bodies)
                        .toByteArray();
        invalid(module, "functions");
    }

    @Test
    void an_endless_start_function_is_killed() throws IOException {
        Bytes module =
                Bytes.module()
                        .section(1, new Bytes().add(1, 0x60, 0, 0))
                        .section(3, new Bytes().add(2, 0, 0))
                        .section(7, new Bytes().add(1).text("_start").add(0, 1))
                        .section(8, new Bytes().add(0))
                        .section(
                                10,
                                new Bytes()
                                        .add(2)
                                        .add(7, 0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b)
                                        .add(2, 0, 0x0b));
        Files.write(sandbox.root().resolve("m.wasm"), module.toByteArray());
        WasmTask task = sandbox.task(Stdio.NONE, "/m.wasm");
        task.init().start();
        assertTrue(task.init().await(java.time.Duration.ofMillis(50)).isEmpty());
        task.end(Outcome.killed(Signals.KILL), Signals.KILL);
        assertEquals(137, task.init().await(Sandbox.LONG).orElseThrow().status());
        task.close();
    }

    @Test
    void nesting_without_end_is_refused() throws IOException {
        int depth = 200_000;
        int[] body = new int[2 * depth + depth];
        for (int i = 0; i < depth; i++) {
            body[2 * i] = 0x02;
            body[2 * i + 1] = 0x40;
            body[2 * depth + i] = 0x0b;
        }
        Bytes module = command(null, null, null, body);
        Files.write(sandbox.root().resolve("m.wasm"), module.toByteArray());
        try {
            assertEquals(0, sandbox.run("/m.wasm").status());
        } catch (DavitException e) {
            assertEquals(Kind.INVALID_ARGUMENT, e.kind(), e::getMessage);
        }
    }

    @Test
    void mutated_modules_are_refused_or_run_and_harm_nobody() throws IOException {
        byte[] good = Files.readAllBytes(CProgram.module("task"));
        Random random = new Random(4711);
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(4); j++) {
                bad[8 + random.nextInt(random.nextInt(100) < 50 ? 600 : bad.length - 8)] =
                        (byte) random.nextInt(256);
            }
            Files.write(sandbox.root().resolve("m.wasm"), bad);
            try {
                sandbox.task(Stdio.NONE, "/m.wasm", "hello").close();
            } catch (DavitException e) {
                assertTrue(
                        e.kind() == Kind.INVALID_ARGUMENT || e.kind() == Kind.RESOURCE_EXHAUSTED,
                        () -> "mutant refused with " + e);
                refused++;
            }
        }
        assertTrue(refused > 30, "refused " + refused);
    }
}

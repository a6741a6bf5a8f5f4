package io.davit.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How the words of a command line become a program. */
class ProgramTest {
    private static final byte[] EMPTY_MODULE = {0, 'a', 's', 'm', 1, 0, 0, 0};

    @TempDir Path directory;
    private Path module;

    @BeforeEach
    void write_a_module() throws Exception {
        module = Files.write(directory.resolve("m.wasm"), EMPTY_MODULE);
    }

    private static Program program(String... args) throws CommandFailure {
        return Program.of(RunParser.parse(List.of(args)));
    }

    private static CommandFailure failure(String... args) {
        return assertThrows(CommandFailure.class, () -> program(args));
    }

    @Test
    void a_module_of_the_host_is_shown_read_only() throws Exception {
        Program program = program(module.toString(), "x");
        assertEquals(Program.WASM, program.runtime());
        assertEquals(List.of("/.davit/m.wasm", "x"), program.args());
        assertEquals(module.toRealPath().toString(), program.shown().orElseThrow().source());
        assertEquals("/.davit/m.wasm", program.shown().orElseThrow().target());
        assertTrue(program.shown().orElseThrow().options().contains("ro"));
    }

    @Test
    void a_module_is_known_by_its_first_bytes_whatever_its_name() throws Exception {
        Path renamed = Files.move(module, directory.resolve("tool"));
        assertEquals(Program.WASM, program(renamed.toString()).runtime());
    }

    @Test
    void a_module_inside_the_root_filesystem_is_named_by_its_place() throws Exception {
        Program program = program("--rootfs", directory.toString(), module.toString());
        assertEquals(List.of("/m.wasm"), program.args());
        assertTrue(program.shown().isEmpty());
    }

    @Test
    void what_is_no_file_of_the_host_is_a_path_in_the_root_filesystem() throws Exception {
        Program program = program("--rootfs", directory.toString(), "/bin/nosuch.wasm");
        assertEquals(List.of("/bin/nosuch.wasm"), program.args());
    }

    @Test
    void a_missing_module_is_not_found() {
        CommandFailure failure = failure(directory.resolve("nosuch.wasm").toString());
        assertEquals(CommandFailure.NOT_FOUND, failure.status());
    }

    @Test
    void what_is_no_module_is_not_executable() throws Exception {
        Path text = Files.writeString(directory.resolve("text.wasm"), "hello");
        assertEquals(CommandFailure.NOT_EXECUTABLE, failure(text.toString()).status());
        Path folder = Files.createDirectory(directory.resolve("folder.wasm"));
        assertEquals(CommandFailure.NOT_EXECUTABLE, failure(folder.toString()).status());
    }

    @Test
    void a_command_goes_to_the_runtime_of_containers() throws Exception {
        Program program = program("--rootfs", directory.toString(), "/bin/sh", "-c", "true");
        assertEquals(Program.OCI, program.runtime());
        assertEquals(List.of("/bin/sh", "-c", "true"), program.args());
    }
}

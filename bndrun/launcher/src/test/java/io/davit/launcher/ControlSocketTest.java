package io.davit.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** The socket of a daemon on disk. */
class ControlSocketTest {
    @TempDir Path temporary;
    private Path state;

    @BeforeEach
    void make_a_private_directory() throws Exception {
        state = Files.createDirectory(temporary.resolve("state"), RunDirectory.PRIVATE);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private List<String> names() throws IOException {
        try (var paths = Files.list(state)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void it_is_private_and_alone_and_goes_with_the_daemon() throws Exception {
        ControlSocket socket = ControlSocket.open(state, Optional.empty());
        assertEquals(List.of("davit.sock"), names());
        assertEquals("rw-------", mode(socket.path()));
        assertTrue(DaemonConnection.open(socket.path()).isPresent());
        socket.close();
        assertEquals(List.of(), names());
    }

    @Test
    void a_group_gets_in_if_it_exists() throws Exception {
        String group = Files.readAttributes(state, PosixFileAttributes.class).group().getName();
        ControlSocket socket = ControlSocket.open(state, Optional.of(group));
        assertEquals("rw-rw----", mode(socket.path()));
        assertEquals("rwxr-x---", mode(state));
        socket.close();
        IOException failure =
                assertThrows(
                        IOException.class,
                        () -> ControlSocket.open(state, Optional.of("no-such-group")));
        assertTrue(failure.getMessage().contains("no such group"));
        assertEquals(List.of(), names());
    }

    @Test
    void what_a_dead_daemon_left_is_replaced() throws Exception {
        ControlSocket.open(state, Optional.empty()).channel().close();
        Files.createDirectory(state.resolve(".new"));
        assertFalse(DaemonConnection.open(ControlSocket.in(state)).isPresent());
        ControlSocket socket = ControlSocket.open(state, Optional.empty());
        assertTrue(DaemonConnection.open(socket.path()).isPresent());
        socket.close();
    }

    @Test
    void a_directory_that_others_may_write_is_refused() throws Exception {
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwx---"));
        assertThrows(IOException.class, () -> ControlSocket.open(state, Optional.empty()));
    }

    @Test
    void a_path_that_is_too_long_is_refused_with_its_length() throws Exception {
        Path deep = Files.createDirectory(state.resolve("d".repeat(100)), RunDirectory.PRIVATE);
        IOException failure =
                assertThrows(IOException.class, () -> ControlSocket.open(deep, Optional.empty()));
        assertTrue(failure.getMessage().contains("longer than 107 bytes"));
    }
}

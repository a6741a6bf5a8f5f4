package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Who could change what a path leads to. */
class TrustedPathTest {
    @TempDir Path temp;

    @Test
    void a_path_is_as_strong_as_its_weakest_place() throws Exception {
        Path directory = Files.createDirectory(temp.toRealPath().resolve("d"));
        Path file = Files.createFile(directory.resolve("f"));
        assertEquals(Optional.empty(), TrustedPath.weakness(file));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertEquals(Optional.of(directory), TrustedPath.weakness(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
        assertEquals(Optional.of(file), TrustedPath.weakness(file));
    }

    @Test
    void a_sticky_directory_protects_its_entries() throws Exception {
        Path directory = Files.createDirectory(temp.toRealPath().resolve("d"));
        Path file = Files.createFile(directory.resolve("f"));
        Files.setAttribute(directory, "unix:mode", 01777);
        assertEquals(Optional.empty(), TrustedPath.weakness(file));
    }
}

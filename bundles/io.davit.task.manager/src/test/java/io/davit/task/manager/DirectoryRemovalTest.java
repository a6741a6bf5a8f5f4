package io.davit.task.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What goes with a directory and what stops its removal. */
class DirectoryRemovalTest {
    @TempDir Path temp;

    @Test
    void all_that_is_in_a_directory_goes_but_not_what_links_lead_to() throws Exception {
        Path kept = Files.createFile(temp.resolve("kept"));
        Path directory = Files.createDirectories(temp.resolve("d/below")).getParent();
        Files.createFile(directory.resolve("below/file"));
        Files.createSymbolicLink(directory.resolve("link"), temp);
        DirectoryRemoval.remove(directory);
        assertFalse(Files.exists(directory));
        assertTrue(Files.exists(kept));
        DirectoryRemoval.remove(directory);
    }

    @Test
    void directories_alone_go_where_a_file_would_stay() throws Exception {
        Path rootfs = Files.createDirectories(temp.resolve("rootfs"));
        Files.createDirectories(rootfs.resolve("dev/pts"));
        Files.createDirectories(rootfs.resolve("proc"));
        DirectoryRemoval.removeDirectories(rootfs);
        assertFalse(Files.exists(rootfs));
        DirectoryRemoval.removeDirectories(rootfs);
        Path file = Files.createDirectories(rootfs.resolve("etc")).resolve("passwd");
        Files.createFile(file);
        assertThrows(
                DirectoryNotEmptyException.class, () -> DirectoryRemoval.removeDirectories(rootfs));
        assertTrue(Files.exists(file));
    }
}

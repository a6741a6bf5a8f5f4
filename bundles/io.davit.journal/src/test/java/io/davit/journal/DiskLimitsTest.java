package io.davit.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A journal on a real file system that is full, then free again, then read-only.
 *
 * <p>Runs in a mount namespace of its own, which only root can make.
 */
class DiskLimitsTest {
    @TempDir Path directory;

    @Test
    void a_full_and_a_read_only_file_system_are_told_and_survived() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        String java = String.join(" ", ChildJournal.command("limits", directory, null));
        String script =
                "mount -t tmpfs -o size=600k,mode=700 tmpfs "
                        + directory
                        + " || exit 99; "
                        + java
                        + " && mount -o remount,ro "
                        + directory
                        + " && "
                        + java.replace(" limits ", " open ");
        Process child =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "sh",
                                "-c",
                                script)
                        .redirectErrorStream(true)
                        .start();
        String told = output(child);
        assumeTrue(child.exitValue() != 99 && !told.contains("unshare failed"), told);
        assertEquals(List.of("FULL", "AGAIN", "WHOLE", "READ_ONLY"), told.lines().toList());
        assertTrue(Files.notExists(directory.resolve("lock")), "mounted outside the namespace");
    }

    private static String output(Process child) throws IOException, InterruptedException {
        try {
            String told = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            return told;
        } finally {
            child.destroyForcibly();
        }
    }
}

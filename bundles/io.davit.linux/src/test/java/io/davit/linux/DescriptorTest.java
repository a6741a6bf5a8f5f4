package io.davit.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Life of a descriptor and its failures. */
class DescriptorTest {
    @TempDir Path temp;

    private static boolean isOpen(Path proc) {
        return Files.exists(proc, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void a_call_under_way_keeps_the_number() throws IOException {
        try (Dir dir = Dir.open(temp)) {
            Descriptor file = dir.create("f", 0600);
            Path proc = file.procPath();
            file.use(
                    fd -> {
                        file.close();
                        assertTrue(isOpen(proc), "closed below a call");
                        return null;
                    });
            assertFalse(isOpen(proc));
            file.close();
            LinuxException e = assertThrows(LinuxException.class, file::status);
            assertEquals(Errno.EBADF, e.errno());
        }
    }

    @Test
    void descriptors_do_not_reach_children() throws IOException, InterruptedException {
        try (Dir dir = Dir.open(temp);
                Descriptor file = dir.create("f", 0600)) {
            String info =
                    Files.readString(Path.of("/proc/self/fdinfo/" + file.procPath().getFileName()));
            String flags = info.replaceFirst("(?s).*flags:\\s*([0-7]+).*", "$1");
            assertTrue((Integer.parseInt(flags, 8) & OpenFlag.CLOEXEC) != 0, info);
        }
    }

    @Test
    void a_failure_names_call_path_and_error() throws IOException {
        try (Dir dir = Dir.open(temp)) {
            LinuxException e =
                    assertThrows(LinuxException.class, () -> dir.read("no\n\"such").close());
            assertEquals(Errno.ENOENT, e.errno());
            assertEquals("openat2", e.call());
            assertTrue(e.getMessage().contains("openat2 failed: ENOENT path="), e.getMessage());
            assertTrue(e.getMessage().endsWith("no\\u000a\\\"such\""), e.getMessage());
        }
    }

    @Test
    void what_nobody_has_read_of_a_pipe_is_counted_at_both_ends() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            assertEquals(0, pipe.write().unread());
            pipe.write().write(new byte[5]);
            assertEquals(5, pipe.write().unread());
            assertEquals(2, pipe.read().read(new byte[2]));
            assertEquals(3, pipe.read().unread());
        }
    }
}

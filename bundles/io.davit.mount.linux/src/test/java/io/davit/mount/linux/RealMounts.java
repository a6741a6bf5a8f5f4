package io.davit.mount.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.davit.linux.LoopDevice;
import io.davit.linux.MountEntry;
import io.davit.linux.MountFlags;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tests that mount: in a mount namespace of their own, and nothing may be left. */
abstract class RealMounts {
    static final Settings QUICK =
            new Settings(
                    3,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(30),
                    List.of("/proc", "/sys"),
                    System.getProperty("java.io.tmpdir") + "/davit-layers-test");

    @TempDir Path temp;

    private List<String> mountsBefore;
    private List<LoopDevice.Attached> loopsBefore;

    @BeforeEach
    void look() throws IOException {
        assumeTrue(
                "own".equals(System.getenv("DAVIT_MOUNT_NAMESPACE")),
                "needs root and a mount namespace of its own");
        temp = temp.toRealPath();
        mountsBefore = mounted();
        loopsBefore = LoopDevice.attached();
    }

    @AfterEach
    void nothing_is_left() throws IOException {
        if (mountsBefore == null) {
            return;
        }
        List<String> mounts = mounted();
        List<LoopDevice.Attached> loops = ownLoops();
        for (MountEntry entry : MountTable.read().below(temp.toString())) {
            Mounts.unmount(entry.mountPoint(), MountFlags.UMOUNT_DETACH);
        }
        Files.deleteIfExists(Path.of(QUICK.temporaryDirectory()));
        assertEquals(mountsBefore, mounts);
        assertEquals(List.of(), loops);
    }

    private static List<String> mounted() throws IOException {
        return MountTable.read().entries().stream()
                .map(entry -> entry.id() + " " + entry.mountPoint())
                .toList();
    }

    static int count(Path directory) {
        String[] names = directory.toFile().list();
        return names == null ? 0 : names.length;
    }

    /** Returns the new loop devices whose files are this test's. */
    List<LoopDevice.Attached> ownLoops() throws IOException {
        List<LoopDevice.Attached> own = new ArrayList<>(LoopDevice.attached());
        own.removeAll(loopsBefore);
        own.removeIf(loop -> !loop.backingFile().startsWith(temp.toString()));
        return own;
    }

    String dir(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name)).toString();
    }

    String file(String name, String content) throws IOException {
        Path file = temp.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content).toString();
    }

    static String read(String directory, String name) throws IOException {
        return Files.readString(Path.of(directory, name));
    }

    static MountEntry entry(String at) throws IOException {
        return MountTable.read().at(at).orElseThrow();
    }

    static long layers(String at) throws IOException {
        return MountTable.read().below(at).stream().filter(e -> e.mountPoint().equals(at)).count();
    }

    /** Runs a program of the system. */
    static void run(String... command) throws IOException {
        List<String> arguments = Arrays.asList(command).subList(1, command.length);
        HelperProgram.require(command[0]).run(arguments, Duration.ofSeconds(60));
    }

    /** Makes an empty file of a size. */
    String sparse(String name, long size) throws IOException {
        Path file = temp.resolve(name);
        try (java.io.RandomAccessFile sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        return file.toString();
    }
}

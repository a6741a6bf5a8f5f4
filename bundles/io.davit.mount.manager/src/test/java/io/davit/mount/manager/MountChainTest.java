package io.davit.mount.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Chains of images over real mounts: readable while they are active, and gone afterwards. */
@Timeout(300)
class MountChainTest {
    @TempDir Path temporary;

    @Test
    void a_chain_of_images_activates_is_readable_and_goes_away() throws Exception {
        assumeTrue(MountNamespace.isPossible(), "mount namespaces need root");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "needs loop devices");
        assumeTrue(isProgram("mkfs.erofs") && isProgram("mkfs.ext4"), "needs mkfs programs");
        Path base = temporary.toRealPath();
        MachineState before = MachineState.now(base);
        List<String> said;
        try (MountNamespace namespace = MountNamespace.make()) {
            Process child = namespace.java(List.of(), ChainChild.class.getName(), base.toString());
            try (BufferedReader out = child.inputReader()) {
                said = out.lines().toList();
            } finally {
                child.destroyForcibly();
                child.waitFor(30, TimeUnit.SECONDS);
            }
            assertEquals(List.of(), namespace.mountsBelow(base));
            assertEquals(before, MachineState.now(base));
        }
        String clean = "clean while active=[]\nclean afterwards=[]\n";
        assertEquals(
                "both=from upper\nlower=from lower\n"
                        + clean
                        + "written=kept\n"
                        + clean
                        + "device=kept\n"
                        + clean
                        + "END",
                String.join("\n", said));
    }

    private static boolean isProgram(String name) {
        return Stream.of("/usr/bin", "/usr/sbin", "/sbin", "/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }
}

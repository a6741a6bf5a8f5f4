package io.davit.mount.manager;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What tests with real mounts could leave on a machine, below their directory: others may mount
 * elsewhere meanwhile.
 *
 * @param mounts the lines of the mount table of this process
 * @param loops the files that loop devices hold
 */
record MachineState(List<String> mounts, List<String> loops) {
    /** Looks at the machine. */
    static MachineState now(Path directory) throws IOException {
        return new MachineState(
                Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                        .filter(line -> line.contains(directory.toString()))
                        .toList(),
                loopsBelow(directory));
    }

    private static List<String> loopsBelow(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> loops =
                Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path loop : loops) {
                String file = read(loop.resolve("loop/backing_file"));
                if (file.startsWith(directory + "/")) {
                    files.add(loop.getFileName() + " " + file);
                }
            }
        }
        return files;
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException free) {
            return "";
        }
    }
}

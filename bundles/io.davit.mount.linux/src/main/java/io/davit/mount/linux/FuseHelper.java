package io.davit.mount.linux;

import io.davit.api.mount.Mount;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Mounts of types such as {@code fuse3.sshfs}: a program of the system performs them. */
final class FuseHelper {
    private static final int MOST_RUNS = 10;

    private final MountKernel kernel;

    FuseHelper(MountKernel kernel) {
        this.kernel = kernel;
    }

    static boolean isFor(String type) {
        return type.startsWith("fuse.") || type.startsWith("fuse3.");
    }

    void mount(Mount mount, MountPlace at) throws IOException {
        int dot = mount.type().indexOf('.');
        String program = "mount." + mount.type().substring(0, dot);
        List<String> arguments = new ArrayList<>();
        for (String option : mount.options()) {
            arguments.add("-o");
            arguments.add(option);
        }
        arguments.add("-t");
        arguments.add(mount.type().substring(dot + 1));
        long before = kernel.mountId(at);
        for (int run = 0; run < MOST_RUNS; run++) {
            if (run(program, mount.source(), at, arguments, before)) {
                return;
            }
        }
        throw new LinuxException(Errno.ECHILD, program, at.text(), "lost " + MOST_RUNS + " times");
    }

    /** Runs the program once; says whether it did its work. Otherwise nothing of it is left. */
    private boolean run(
            String program, String source, MountPlace at, List<String> arguments, long before)
            throws IOException {
        boolean done = false;
        try {
            done = kernel.runHelper(program, source, at, arguments) == MountKernel.HelperEnd.DONE;
            return done;
        } finally {
            // What a helper that failed or was lost has mounted would lie below the next mount.
            if (!done && kernel.mountId(at) != before) {
                kernel.undo(at);
            }
        }
    }
}

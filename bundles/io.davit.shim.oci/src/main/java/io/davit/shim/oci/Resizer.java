package io.davit.shim.oci;

import io.davit.api.task.ConsoleSize;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.Resolve;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** Tells a conmon the size of its terminal. */
final class Resizer {
    private static final String CONTROL = "ctl";
    private static final int RESIZE = 1;

    /** conmon takes no larger number. */
    private static final int LARGEST = 1000;

    private static final int LONGEST_WAIT_MILLIS = 1000;

    private static final Set<OpenFlag> WRITE =
            EnumSet.of(OpenFlag.WRITE, OpenFlag.NONBLOCK, OpenFlag.NOFOLLOW);

    private Resizer() {}

    /** Sets the size; without effect when the conmon has ended. */
    static void resize(PrivateFiles files, ConsoleSize size) throws LinuxException {
        int rows = Math.min(size.height(), LARGEST);
        int columns = Math.min(size.width(), LARGEST);
        String message = RESIZE + " " + rows + " " + columns + "\n";
        try (Dir dir = Dir.open(files.path());
                Descriptor control = dir.open(CONTROL, WRITE, 0, Resolve.BENEATH)) {
            control.write(message.getBytes(StandardCharsets.US_ASCII));
            awaitTaken(control);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENXIO, Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** What is sent to the terminal later finds the new size then: conmon does one by one. */
    private static void awaitTaken(Descriptor control) throws LinuxException {
        try {
            for (int i = 0; i < LONGEST_WAIT_MILLIS && control.unread() > 0; i++) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

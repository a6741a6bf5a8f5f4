package io.davit.mount.linux;

import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import java.io.IOException;

/**
 * Finds a loop device in competition with other processes.
 *
 * @param <D> the device
 */
final class LoopAttacher<D> {
    private static final int MOST_TRIES = 99;

    private final Devices<D> devices;

    LoopAttacher(Devices<D> devices) {
        this.devices = devices;
    }

    /** The loop devices of the system, for one file. */
    interface Devices<D> {
        /** Returns the number of a device that is free now. */
        int free() throws IOException;

        /** Attaches the file; {@code EBUSY} if somebody else was quicker. */
        D attach(int number) throws IOException;

        /** Waits at random, longer from try to try. */
        void pause(int attempt) throws IOException;
    }

    D attach() throws IOException {
        LinuxException busy = null;
        for (int attempt = 1; attempt <= MOST_TRIES; attempt++) {
            int number = devices.free();
            try {
                return devices.attach(number);
            } catch (LinuxException e) {
                if (!e.is(Errno.EBUSY)) {
                    throw e;
                }
                busy = e;
            }
            devices.pause(attempt);
        }
        throw busy;
    }
}

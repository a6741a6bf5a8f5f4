package io.davit.mount.linux;

import io.davit.linux.Descriptor;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.linux.LoopDevice;
import io.davit.linux.OpenFlag;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Attaches files to loop devices. */
final class LoopDevices {
    private static final int STEP_MILLIS = 10;

    private LoopDevices() {}

    /**
     * Attaches a regular file to a device that nobody uses.
     *
     * @return the open device, showing this very file
     */
    static LoopDevice attach(String path, LoopDevice.Options options) throws IOException {
        Set<OpenFlag> flags = EnumSet.of(OpenFlag.READ, OpenFlag.NONBLOCK);
        if (!options.readOnly()) {
            flags.add(OpenFlag.WRITE);
        }
        try (Descriptor file = Descriptor.open(path, flags)) {
            FileStatus status = file.status();
            if (status.type() != FileType.REGULAR) {
                throw new LinuxException(Errno.EINVAL, "attach loop", path, "no regular file");
            }
            LoopDevice device = new LoopAttacher<>(new Free(file, options)).attach();
            return require(device, status, path);
        }
    }

    private static LoopDevice require(LoopDevice device, FileStatus file, String path)
            throws LinuxException {
        if (device.status().filter(shown -> shown.isOf(file)).isPresent()) {
            return device;
        }
        device.close();
        throw new LinuxException(
                Errno.EBUSY, "attach loop", path, device.path() + " shows another file");
    }

    /** The system's devices, for one open file. */
    private record Free(Descriptor file, LoopDevice.Options options)
            implements LoopAttacher.Devices<LoopDevice> {
        @Override
        public int free() throws LinuxException {
            return LoopDevice.free();
        }

        @Override
        public LoopDevice attach(int number) throws LinuxException {
            return LoopDevice.attach(number, file, options);
        }

        @Override
        public void pause(int attempt) throws IOException {
            Pauses.sleep(ThreadLocalRandom.current().nextLong(attempt * STEP_MILLIS + 1L));
        }
    }
}

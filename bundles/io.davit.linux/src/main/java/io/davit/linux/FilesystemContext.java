package io.davit.linux;

import java.nio.charset.StandardCharsets;

/**
 * A filesystem being configured, option by option and without a limit on their length.
 *
 * <p>Source: fsopen(2), fsconfig(2), fsmount(2); Linux 5.2. Older kernels answer {@code ENOSYS}.
 * Failures carry the kernel's own words where it has some.
 */
public final class FilesystemContext implements AutoCloseable {
    private static final long FSOPEN = 430;
    private static final long FSCONFIG = 431;
    private static final long FSMOUNT = 432;
    private static final long CLOEXEC = 1;
    private static final int LONGEST_MESSAGE = 4096;
    private static final int SET_FLAG = 0;
    private static final int SET_STRING = 1;
    private static final int CREATE = 6;

    private final Descriptor descriptor;

    private FilesystemContext(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Begins.
     *
     * @throws LinuxException {@code ENODEV} if the kernel does not know the type
     */
    public static FilesystemContext open(String type) throws LinuxException {
        long fd = LibC.syscall(FSOPEN, LibC.text(type), CLOEXEC);
        LibC.check(fd, "fsopen", type);
        return new FilesystemContext(new Descriptor((int) fd, type));
    }

    /** Sets an option without a value. */
    public void flag(String key) throws LinuxException {
        config(SET_FLAG, key, null);
    }

    /** Sets an option with a value; {@code source} is one. */
    public void string(String key, String value) throws LinuxException {
        config(SET_STRING, key, value);
    }

    /** Makes or finds the filesystem with the options set so far. */
    public void create() throws LinuxException {
        config(CREATE, null, null);
    }

    /**
     * Makes a mount of it.
     *
     * @param attributes {@code MOUNT_ATTR_…}
     */
    public DetachedMount mount(long attributes) throws LinuxException {
        long fd = descriptor.use(context -> LibC.syscall(FSMOUNT, context, CLOEXEC, attributes));
        LibC.check(fd, "fsmount", descriptor.path());
        return new DetachedMount(new Descriptor((int) fd, descriptor.path()));
    }

    private void config(int command, String key, String value) throws LinuxException {
        byte[] name = key == null ? null : LibC.text(key);
        byte[] text = value == null ? null : LibC.text(value);
        long result = descriptor.use(fd -> LibC.syscall(FSCONFIG, fd, command, name, text, 0));
        if (result < 0) {
            LinuxException failure = LibC.failure("fsconfig", descriptor.path());
            throw explained(failure, key);
        }
    }

    private LinuxException explained(LinuxException failure, String key) {
        String why = key == null ? message() : "option " + key + " " + message();
        return failure.errno() == Errno.OTHER
                ? failure
                : new LinuxException(failure.errno(), "fsconfig", failure.path(), why.trim());
    }

    /** Reads what the kernel has to say; empty when it is silent. */
    private String message() {
        byte[] text = new byte[LONGEST_MESSAGE];
        try {
            int length = descriptor.read(text);
            return new String(text, 0, length, StandardCharsets.UTF_8).trim();
        } catch (LinuxException silent) {
            return silent.is(Errno.ENODATA) ? "" : silent.getMessage();
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

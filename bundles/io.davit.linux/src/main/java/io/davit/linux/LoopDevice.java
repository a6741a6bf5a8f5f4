package io.davit.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file shown as a block device, held open.
 *
 * <p>While autoclear is on, the device lets the file go when its last user (this object, a mount)
 * is gone. Source: loop(4).
 */
public final class LoopDevice implements AutoCloseable {
    private static final long GET_FREE = 0x4C82;
    private static final long CONFIGURE = 0x4C0A;
    private static final long SET_FD = 0x4C00;
    private static final long CLEAR_FD = 0x4C01;
    private static final long SET_STATUS = 0x4C04;
    private static final long GET_STATUS = 0x4C05;
    private static final long SET_DIRECT_IO = 0x4C08;
    private static final int INFO_SIZE = 232;
    private static final int CONFIG_SIZE = 8 + INFO_SIZE + 64;
    private static final int FLAGS_AT = 52;
    private static final int NAME_AT = 56;
    private static final int NAME_SIZE = 64;
    private static final int READ_ONLY = 1;
    private static final int AUTOCLEAR = 4;
    private static final int DIRECT_IO = 16;

    private final int number;
    private final Descriptor descriptor;

    private LoopDevice(int number, Descriptor descriptor) {
        this.number = number;
        this.descriptor = descriptor;
    }

    /**
     * How a file is attached.
     *
     * @param name a text of at most 63 bytes that stays with the device, to know it by
     * @param readOnly neither device nor file can be written
     * @param autoclear the device goes with its last user
     * @param direct past the page cache; ignored where the file's filesystem cannot
     */
    public record Options(String name, boolean readOnly, boolean autoclear, boolean direct) {
        int bits() {
            return (readOnly ? READ_ONLY : 0)
                    | (autoclear ? AUTOCLEAR : 0)
                    | (direct ? DIRECT_IO : 0);
        }
    }

    /**
     * What a device shows.
     *
     * @param name the text given when it was attached
     * @param device device of the filesystem that holds the file, see {@link FileStatus#device}
     * @param inode the file's inode number
     * @param autoclear whether the device goes with its last user
     * @param readOnly whether it cannot be written
     * @param direct whether it goes past the page cache
     */
    public record Status(
            String name,
            long device,
            long inode,
            boolean autoclear,
            boolean readOnly,
            boolean direct) {
        /** Says whether it shows this file. */
        public boolean isOf(FileStatus file) {
            return device == file.device() && inode == file.inode();
        }
    }

    /**
     * A device in use, as the kernel lists it.
     *
     * @param number its number
     * @param backingFile the path of its file when it was attached
     */
    public record Attached(int number, String backingFile) {}

    /** Asks for the number of a device that is free now; somebody else may take it meanwhile. */
    public static int free() throws LinuxException {
        Set<OpenFlag> flags = EnumSet.of(OpenFlag.READ, OpenFlag.WRITE);
        try (Descriptor control = Descriptor.open("/dev/loop-control", flags)) {
            return control.use(
                    fd -> LibC.check(LibC.ioctl(fd, GET_FREE, 0L), "LOOP_CTL_GET_FREE", ""));
        }
    }

    /** Opens a device, attached or not. */
    public static LoopDevice open(int number, boolean readOnly) throws LinuxException {
        Set<OpenFlag> flags = EnumSet.of(OpenFlag.READ);
        if (!readOnly) {
            flags.add(OpenFlag.WRITE);
        }
        return new LoopDevice(number, Descriptor.open("/dev/loop" + number, flags));
    }

    /**
     * Attaches a file to a free device.
     *
     * @param number from {@link #free}
     * @param file the open file; may be closed afterwards
     * @throws LinuxException {@code EBUSY} if somebody else has taken the device
     */
    public static LoopDevice attach(int number, Descriptor file, Options options)
            throws LinuxException {
        LoopDevice device = open(number, options.readOnly());
        try {
            file.use(
                    fd -> {
                        device.configure(fd, options);
                        return null;
                    });
            return device;
        } catch (LinuxException e) {
            device.close();
            throw e;
        }
    }

    private void configure(int file, Options options) throws LinuxException {
        ByteBuffer config = buffer(CONFIG_SIZE).putInt(0, file);
        byte[] info = info(options);
        config.put(8, info);
        int result = descriptor.use(fd -> LibC.ioctl(fd, CONFIGURE, config.array()));
        if (result < 0) {
            LinuxException e = LibC.failure("LOOP_CONFIGURE", path());
            if (!e.is(Errno.EINVAL, Errno.ENOTTY)) {
                throw e;
            }
            // Linux before 5.8, or one that refuses direct I/O for this file.
            configureOld(file, options, info);
        }
    }

    private void configureOld(int file, Options options, byte[] info) throws LinuxException {
        ioctl(SET_FD, file, "LOOP_SET_FD");
        try {
            ByteBuffer plain = buffer(INFO_SIZE).put(0, info);
            plain.putInt(FLAGS_AT, options.bits() & ~DIRECT_IO);
            ioctl(SET_STATUS, plain.array(), "LOOP_SET_STATUS64");
            if (options.direct()) {
                descriptor.use(fd -> LibC.ioctl(fd, SET_DIRECT_IO, 1L));
            }
        } catch (LinuxException e) {
            descriptor.use(fd -> LibC.ioctl(fd, CLEAR_FD, 0L));
            throw e;
        }
    }

    private static byte[] info(Options options) {
        ByteBuffer info = buffer(INFO_SIZE).putInt(FLAGS_AT, options.bits());
        byte[] text = options.name().getBytes(StandardCharsets.UTF_8);
        info.put(NAME_AT, text, 0, Math.min(text.length, NAME_SIZE - 1));
        return info.array();
    }

    /** Reads what it shows, or nothing if it is free. */
    public Optional<Status> status() throws LinuxException {
        byte[] info = new byte[INFO_SIZE];
        if (descriptor.use(fd -> LibC.ioctl(fd, GET_STATUS, info)) < 0) {
            LinuxException e = LibC.failure("LOOP_GET_STATUS64", path());
            if (e.is(Errno.ENXIO)) {
                return Optional.empty();
            }
            throw e;
        }
        ByteBuffer b = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
        int flags = b.getInt(FLAGS_AT);
        return Optional.of(
                new Status(
                        name(info),
                        device(b.getLong(0)),
                        b.getLong(8),
                        (flags & AUTOCLEAR) != 0,
                        (flags & READ_ONLY) != 0,
                        (flags & DIRECT_IO) != 0));
    }

    private static String name(byte[] info) {
        int end = NAME_AT;
        while (end < NAME_AT + NAME_SIZE && info[end] != 0) {
            end++;
        }
        return new String(info, NAME_AT, end - NAME_AT, StandardCharsets.UTF_8);
    }

    /** Splits the number in which the kernel packs major and minor. */
    private static long device(long packed) {
        int major = (int) ((packed >> 8) & 0xfff);
        int minor = (int) ((packed & 0xff) | ((packed >> 12) & 0xfff00));
        return FileStatus.device(major, minor);
    }

    /** Turns autoclear on or off. */
    public void setAutoclear(boolean on) throws LinuxException {
        byte[] info = new byte[INFO_SIZE];
        ioctl(GET_STATUS, info, "LOOP_GET_STATUS64");
        ByteBuffer b = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
        int flags = b.getInt(FLAGS_AT);
        int wanted = on ? flags | AUTOCLEAR : flags & ~AUTOCLEAR;
        if (wanted != flags) {
            b.putInt(FLAGS_AT, wanted);
            ioctl(SET_STATUS, info, "LOOP_SET_STATUS64");
        }
    }

    /** Lets the file go now, or with the last other user. */
    public void detach() throws LinuxException {
        ioctl(CLEAR_FD, 0, "LOOP_CLR_FD");
    }

    /** Lists the devices in use. */
    public static List<Attached> attached() throws LinuxException {
        List<Attached> found = new ArrayList<>();
        Path blocks = Path.of("/sys/block");
        try (DirectoryStream<Path> loops = Files.newDirectoryStream(blocks, "loop*")) {
            for (Path loop : loops) {
                int number = Integer.parseInt(loop.getFileName().toString().substring(4));
                backingFile(loop).ifPresent(file -> found.add(new Attached(number, file)));
            }
        } catch (IOException e) {
            throw new LinuxException(Errno.EIO, "list loop devices", "/sys/block", e.toString());
        }
        return found;
    }

    private static Optional<String> backingFile(Path loop) throws LinuxException {
        try {
            String text = SmallFiles.readText(loop.resolve("loop/backing_file"), 8192);
            return Optional.of(text.stripTrailing());
        } catch (LinuxException free) {
            if (free.is(Errno.ENOENT, Errno.EIO)) {
                return Optional.empty();
            }
            throw free;
        }
    }

    /** Returns the device's number. */
    public int number() {
        return number;
    }

    /** Returns the path of the device node. */
    public String path() {
        return "/dev/loop" + number;
    }

    private void ioctl(long request, byte[] argument, String name) throws LinuxException {
        descriptor.use(fd -> LibC.check(LibC.ioctl(fd, request, argument), name, path()));
    }

    private void ioctl(long request, long argument, String name) throws LinuxException {
        descriptor.use(fd -> LibC.check(LibC.ioctl(fd, request, argument), name, path()));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

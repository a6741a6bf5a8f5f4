package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.DetachedMount;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.LoopDevice;
import io.davit.linux.MountFlags;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountType;
import io.davit.spi.mount.SystemMounts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts EROFS images, always read-only, with further data in the files of {@code device=} options.
 *
 * <p>The kernel reads the files itself where it can, and through loop devices elsewhere. Source:
 * containerd plugins/mount/erofs. An image with dm-verity metadata is refused, not mounted
 * unverified.
 */
@Component(name = "io.davit.mount.linux.erofs", service = MountHandler.class)
@MountType("erofs")
public final class ErofsHandler extends FilesystemHandler {
    private static final String VERITY = "X-containerd.dmverity=";
    private static final String DEVICE = "device=";
    private static final String TYPE = "erofs";

    /**
     * Makes one.
     *
     * @param system finds and removes the mounts, and makes them on kernels without the newer calls
     */
    @Activate
    public ErofsHandler(@Reference(name = "system") SystemMounts system) {
        super(system);
    }

    @Override
    Mount perform(Mount mount, String at) throws DavitException {
        List<String> wanted = new ArrayList<>(mount.options());
        if (wanted.stream().anyMatch(option -> option.startsWith(VERITY))) {
            String message = "dm-verity is not supported, mounting unverified is refused: source=";
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, message + Texts.quote(mount.source()));
        }
        Superblock.require(mount);
        wanted.removeIf(option -> option.equals("loop"));
        MountOptions options = MountOptions.parse(wanted);
        try {
            return mount(mount, wanted, options, at);
        } catch (IOException e) {
            String values = "source=%s at=%s";
            throw Failures.of(
                    "cannot mount erofs: "
                            + values.formatted(Texts.quote(mount.source()), Texts.quote(at)),
                    e);
        }
    }

    private Mount mount(Mount mount, List<String> wanted, MountOptions options, String at)
            throws IOException {
        try {
            attach(mount.source(), options, at);
            return mount.withOptions(wanted);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTBLK)) {
                return mountByLoop(mount, wanted, options, at);
            }
            if (!e.is(Errno.ENOSYS)) {
                throw e;
            }
            List<String> old = new ArrayList<>(wanted);
            old.addAll(List.of("loop", "ro"));
            system().mount(mount.withOptions(old), at);
            return mount.withOptions(old);
        }
    }

    private static void attach(String source, MountOptions options, String at)
            throws LinuxException {
        long flags = options.flags() | MountFlags.RDONLY;
        try (DetachedMount made = ConfiguredMount.make(TYPE, source, flags, options.data())) {
            made.attach(at);
        }
    }

    private static Mount mountByLoop(
            Mount mount, List<String> wanted, MountOptions options, String at) throws IOException {
        List<LoopDevice> loops = new ArrayList<>();
        try {
            String source = attachLoop(mount.source(), loops);
            List<String> data = new ArrayList<>();
            for (String option : options.data()) {
                boolean file = option.startsWith(DEVICE);
                String path = option.substring(file ? DEVICE.length() : 0);
                data.add(file ? DEVICE + attachLoop(path, loops) : option);
            }
            attach(source, options.withData(data), at);
            return mount.withSource(source).withOptions(withDevices(wanted, data));
        } finally {
            // The mount keeps the devices; without one they are free now.
            loops.forEach(LoopDevice::close);
        }
    }

    private static List<String> withDevices(List<String> wanted, List<String> data) {
        List<String> options = new ArrayList<>(wanted);
        options.removeIf(option -> option.startsWith(DEVICE));
        data.stream().filter(option -> option.startsWith(DEVICE)).forEach(options::add);
        return options;
    }

    private static String attachLoop(String file, List<LoopDevice> loops) throws IOException {
        LoopDevice loop = LoopDevices.attach(file, new LoopDevice.Options(file, true, true, false));
        loops.add(loop);
        return loop.path();
    }
}

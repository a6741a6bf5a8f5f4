package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.linux.LoopDevice;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.MountType;

import org.osgi.service.component.annotations.Component;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Shows a file as a block device: the mount point is a link to the device's node.
 *
 * <p>Options: {@code ro}, {@code direct-io}; others are left to whoever mounts the device. The
 * device carries a name that is made of its mount point, and nothing is done to a device of another
 * name.
 */
@Component(name = "io.davit.mount.linux.loop", service = MountHandler.class)
@MountType("loop")
public final class LoopHandler implements MountHandler {
    private static final String NODE = "/dev/loop";

    @Override
    public ActiveMount mount(Mount mount, String at, List<ActiveMount> before)
            throws DavitException {
        MountRules.require(mount);
        boolean readOnly = mount.options().contains("ro");
        boolean direct = mount.options().contains("direct-io");
        FilesystemHandler.Place place = FilesystemHandler.Place.of(at);
        try (Dir parent = Dir.open(place.parent());
                LoopDevice device =
                        LoopDevices.attach(
                                mount.source(),
                                new LoopDevice.Options(name(at), readOnly, true, direct))) {
            parent.symlink(device.path(), place.name());
            keep(device, parent, place.name());
            Map<String, String> data = Map.of("device", device.path());
            return new ActiveMount(mount, at, Instant.now(), data);
        } catch (IOException e) {
            String values = "source=%s at=%s";
            throw Failures.of(
                    "cannot attach loop device: "
                            + values.formatted(Texts.quote(mount.source()), Texts.quote(at)),
                    e);
        }
    }

    /** Lets the device outlive this call; until here a crash would have freed it. */
    private static void keep(LoopDevice device, Dir parent, String link) throws LinuxException {
        try {
            device.setAutoclear(false);
        } catch (LinuxException e) {
            parent.unlink(link);
            throw e;
        }
    }

    @Override
    public void unmount(String mountPoint) throws DavitException {
        FilesystemHandler.Place place = FilesystemHandler.Place.of(mountPoint);
        try (Dir parent = Dir.open(place.parent())) {
            OptionalInt number = number(parent, place.name());
            if (number.isPresent()) {
                release(parent, place.name(), number.getAsInt(), name(mountPoint));
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw Failures.of("cannot detach loop device: at=" + Texts.quote(mountPoint), e);
            }
        }
    }

    private static void release(Dir parent, String link, int number, String name)
            throws LinuxException {
        try (LoopDevice device = LoopDevice.open(number, true)) {
            boolean ours = device.status().filter(shown -> shown.name().equals(name)).isPresent();
            if (!ours) {
                parent.unlink(link);
                return;
            }
            device.setAutoclear(true);
            try {
                parent.unlink(link);
            } catch (LinuxException e) {
                device.setAutoclear(false);
                throw e;
            }
        }
    }

    /** Reads which device a mount point leads to; nothing if it is none of this handler's. */
    private static OptionalInt number(Dir parent, String name) throws LinuxException {
        if (parent.find(name).filter(s -> s.type() == FileType.LINK).isEmpty()) {
            return OptionalInt.empty();
        }
        String node = parent.readLink(name);
        String digits = node.startsWith(NODE) ? node.substring(NODE.length()) : "";
        return digits.matches("[0-9]{1,7}")
                ? OptionalInt.of(Integer.parseInt(digits))
                : OptionalInt.empty();
    }

    @Override
    public Optional<Boolean> isMounted(ActiveMount mount) {
        String name = name(mount.mountPoint());
        try {
            for (LoopDevice.Attached attached : LoopDevice.attached()) {
                if (nameOf(attached).equals(name)) {
                    return Optional.of(true);
                }
            }
            return Optional.of(false);
        } catch (LinuxException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> leftBelow(String directory, Set<String> inUse) {
        List<String> known = inUse.stream().map(LoopHandler::name).toList();
        String below = directory.endsWith("/") ? directory : directory + "/";
        String family = family(LexicalPath.clean(directory));
        List<String> left = new ArrayList<>();
        try {
            for (LoopDevice.Attached attached : LoopDevice.attached()) {
                String name = nameOf(attached);
                boolean here = attached.backingFile().startsWith(below) || name.startsWith(family);
                if (here && name.startsWith("davit:") && !known.contains(name)) {
                    left.add(NODE + attached.number() + " of " + attached.backingFile());
                }
            }
        } catch (LinuxException e) {
            left.add("unknown: " + e.getMessage());
        }
        return left;
    }

    /** Reads the name of a device in use; empty if it has gone meanwhile. */
    private static String nameOf(LoopDevice.Attached attached) {
        try (LoopDevice device = LoopDevice.open(attached.number(), true)) {
            return device.status().map(LoopDevice.Status::name).orElse("");
        } catch (LinuxException gone) {
            return "";
        }
    }

    /** Makes the name of the device of a mount point. */
    private static String name(String at) {
        FilesystemHandler.Place place = FilesystemHandler.Place.of(at);
        return family(place.parent()) + digest(place.name());
    }

    /** Makes what the names of all devices of a directory's mount points begin with. */
    private static String family(String directory) {
        return "davit:" + digest(directory) + ":";
    }

    private static String digest(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package io.davit.oci;

import io.davit.api.names.Texts;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A device node that the runtime makes in a container.
 *
 * @param path where, absolute; not {@code null}
 * @param type {@code c}, {@code u}, {@code b} or {@code p}; not {@code null}
 * @param major the driver's number
 * @param minor the device's number
 * @param fileMode permission bits; empty for the runtime's own
 * @param uid its user; empty for 0
 * @param gid its group; empty for 0
 * @since 1.0
 */
public record SpecDevice(
        String path,
        String type,
        long major,
        long minor,
        OptionalLong fileMode,
        OptionalLong uid,
        OptionalLong gid) {
    private static final Set<String> TYPES = Set.of("c", "u", "b", "p");
    private static final int MOST_MAJOR = 0xfff;
    private static final int MOST_MINOR = 0xfffff;
    private static final int MOST_MODE = 0x1ff;

    /** The type of file, which some tools leave in the mode. */
    private static final long FORMAT = 0xf000;

    /** Checks for {@code null}. */
    public SpecDevice {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(type, "type");
    }

    static SpecDevice read(JsonObject device) {
        String path = device.requireText("path");
        SpecRules.requireNormal(device, "path", path);
        String type = device.requireText("type");
        if (!TYPES.contains(type)) {
            throw device.invalid("type", Texts.quote(type) + " is no type of device");
        }
        OptionalLong mode = device.integer("fileMode", 0, FORMAT | MOST_MODE);
        if (mode.isPresent() && (mode.getAsLong() & ~FORMAT) > MOST_MODE) {
            throw device.invalid("fileMode", "has more than permission bits");
        }
        return new SpecDevice(
                path,
                type,
                device.integer("major", 0, MOST_MAJOR).orElse(0),
                device.integer("minor", 0, MOST_MINOR).orElse(0),
                mode,
                device.integer("uid", 0, SpecRules.MOST_ID),
                device.integer("gid", 0, SpecRules.MOST_ID));
    }
}

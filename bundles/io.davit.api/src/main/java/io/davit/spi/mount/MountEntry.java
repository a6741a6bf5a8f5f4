package io.davit.spi.mount;

import java.util.Objects;

/**
 * One line of the system's mount table.
 *
 * @param id the system's number of the mount
 * @param mountPoint where it is, an absolute path; not {@code null}
 * @param type the filesystem type; not {@code null}
 * @param source what is mounted; not {@code null}
 * @since 1.0
 */
public record MountEntry(long id, String mountPoint, String type, String source) {
    /** Checks that nothing is missing. */
    public MountEntry {
        Objects.requireNonNull(mountPoint, "mountPoint");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(source, "source");
    }
}

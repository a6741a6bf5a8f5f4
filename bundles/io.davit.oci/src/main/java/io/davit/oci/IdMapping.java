package io.davit.oci;

/**
 * A range of users or groups of a container and where it lies on the host.
 *
 * @param containerId the first one inside
 * @param hostId the first one outside
 * @param size how many, at least 1
 * @since 1.0
 */
public record IdMapping(long containerId, long hostId, long size) {
    /** Mappings may name every id the kernel has: they give no process that id. */
    private static final long MOST = 0xffff_ffffL;

    static IdMapping read(JsonObject mapping) {
        long inside = mapping.integer("containerID", 0, MOST).orElse(0);
        long outside = mapping.integer("hostID", 0, MOST).orElse(0);
        long size =
                mapping.integer("size", 1, MOST)
                        .orElseThrow(() -> mapping.invalid("size", "is required"));
        if (inside + size - 1 > MOST || outside + size - 1 > MOST) {
            throw mapping.invalid("size", "goes beyond the last id");
        }
        return new IdMapping(inside, outside, size);
    }
}

package io.davit.api.mount;

import java.util.List;

/**
 * One request to mount something, with containerd's fields.
 *
 * <p>Holds what it is given: whether a value can be performed is checked by whoever performs it,
 * because a mount that is only handed on may hold what another machine understands.
 *
 * @param type a filesystem type, the type of a handler, or a chain {@code transformer/…/type};
 *     empty when {@code null} is given
 * @param source path, device or free text; empty when {@code null} is given
 * @param target a path below the mount target that must exist in an earlier mount; empty for the
 *     target itself, also when {@code null} is given
 * @param options ordered {@code fstab}-like options; empty when {@code null} is given
 * @since 1.0
 */
public record Mount(String type, String source, String target, List<String> options) {
    /** Copies the options. */
    public Mount {
        type = type == null ? "" : type;
        source = source == null ? "" : source;
        target = target == null ? "" : target;
        options = options == null ? List.of() : List.copyOf(options);
    }

    /**
     * Makes a mount on the target itself.
     *
     * @param type the type
     * @param source the source
     * @param options the options, in order
     * @return the mount; never {@code null}
     */
    public static Mount of(String type, String source, String... options) {
        return new Mount(type, source, "", List.of(options));
    }

    /**
     * Makes the same mount with another type.
     *
     * @param type the type
     * @return the mount; never {@code null}
     */
    public Mount withType(String type) {
        return new Mount(type, source, target, options);
    }

    /**
     * Makes the same mount with another source.
     *
     * @param source the source
     * @return the mount; never {@code null}
     */
    public Mount withSource(String source) {
        return new Mount(type, source, target, options);
    }

    /**
     * Makes the same mount with other options.
     *
     * @param options the options, in order
     * @return the mount; never {@code null}
     */
    public Mount withOptions(List<String> options) {
        return new Mount(type, source, target, options);
    }
}

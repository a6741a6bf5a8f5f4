package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.ArrayList;
import java.util.List;

/**
 * The options {@code X-containerd.mkfs.…} of a mount.
 *
 * @param filesystem the filesystem's name, as given
 * @param size bytes
 * @param uuid the filesystem's id, as given; empty for one at random
 * @param others the options of the mount that are none of these
 */
record ImageRequest(String filesystem, long size, String uuid, List<String> others) {
    private static final String PREFIX = "X-containerd.mkfs.";
    private static final long SMALLEST = 1 << 20;

    ImageRequest {
        others = List.copyOf(others);
    }

    /**
     * Reads options.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} for an unknown key or without a size
     */
    static ImageRequest parse(List<String> options) throws DavitException {
        String filesystem = "ext4";
        long size = 0;
        String uuid = "";
        List<String> others = new ArrayList<>();
        for (String option : options) {
            if (!option.startsWith(PREFIX)) {
                others.add(option);
                continue;
            }
            String[] pair = option.substring(PREFIX.length()).split("=", 2);
            String value = pair.length == 2 ? pair[1] : "";
            switch (pair.length == 2 ? pair[0] : "") {
                case "fs" -> filesystem = value;
                case "size" -> size = ByteSize.parse(value);
                case "uuid" -> uuid = value;
                default -> throw Failures.invalid("unknown mkfs option: " + Texts.quote(option));
            }
        }
        if (size == 0) {
            throw Failures.invalid("a size is needed: option=" + PREFIX + "size");
        }
        return new ImageRequest(filesystem, size, uuid, others);
    }

    /**
     * Checks what matters only if the image has to be made.
     *
     * @param most the most bytes an image may have
     */
    void requireMakeable(long most) throws DavitException {
        if (!filesystem.matches("ext[234]|xfs")) {
            throw Failures.invalid("unsupported filesystem: fs=" + Texts.quote(filesystem));
        }
        if (!uuid.isEmpty()
                && !uuid.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw Failures.invalid("malformed uuid: uuid=" + Texts.quote(uuid));
        }
        if (size < SMALLEST) {
            throw Failures.invalid("size below 1 MiB: size=" + size);
        }
        if (size > most) {
            throw new DavitException(
                    Kind.RESOURCE_EXHAUSTED,
                    "size above the limit: size=" + size + " most=" + most);
        }
    }

    /** Returns the arguments of {@code mkfs.<filesystem>}. */
    List<String> arguments(String path) {
        List<String> arguments = new ArrayList<>(List.of("-q"));
        if (!uuid.isEmpty()) {
            boolean xfs = filesystem.equals("xfs");
            arguments.addAll(xfs ? List.of("-m", "uuid=" + uuid) : List.of("-U", uuid));
        }
        arguments.add(path);
        return arguments;
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import java.util.Optional;

/**
 * How runtimes and shim binaries are named after each other.
 *
 * <p>Source: containerd runtime v2 shim manager; the current directory is never searched.
 */
final class BinaryName {
    private static final String PREFIX = "containerd-shim-";

    private BinaryName() {}

    /**
     * Returns the file name of the binary of a runtime: {@code io.containerd.runc.v2} is served by
     * {@code containerd-shim-runc-v2}.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the name has no two parts
     */
    static String of(String runtime) throws DavitException {
        String[] parts = runtime.split("\\.", -1);
        int last = parts.length - 1;
        if (last < 1 || parts[0].isEmpty() || !isPart(parts[last - 1]) || !isPart(parts[last])) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "invalid runtime name " + Texts.quote(runtime) + ": must end in name.version");
        }
        return PREFIX + parts[last - 1] + "-" + parts[last];
    }

    /**
     * Returns the end that the names of the runtimes of a binary have, {@code runc.v2}.
     *
     * @return nothing if it is not called as a shim is
     */
    static Optional<String> ending(String fileName) {
        int dash = fileName.lastIndexOf('-');
        if (!fileName.startsWith(PREFIX) || dash < PREFIX.length()) {
            return Optional.empty();
        }
        String name = fileName.substring(PREFIX.length(), dash);
        String version = fileName.substring(dash + 1);
        return isPart(name) && isPart(version)
                ? Optional.of(name + "." + version)
                : Optional.empty();
    }

    private static boolean isPart(String part) {
        return !part.isEmpty()
                && part.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
    }
}

package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.linux.TrustedPath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A shim's program as it is at this moment, which only root or this user can have put there.
 *
 * @param path its absolute path, links followed
 * @param identity changes when the file does
 */
record ShimBinary(Path path, String identity) {
    /**
     * Looks at a program.
     *
     * @throws DavitException {@code NOT_FOUND} if it is no executable file; {@code
     *     PERMISSION_DENIED} if others than root could change it, or what it is called
     */
    static ShimBinary require(Path path) throws DavitException {
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            throw new DavitException(
                    Kind.NOT_FOUND, "no executable file: path=" + Texts.quote(path.toString()));
        }
        try {
            Path real = path.toRealPath();
            TrustedPath.weakness(real).ifPresent(ShimBinary::refuse);
            Map<String, Object> file =
                    Files.readAttributes(real, "unix:dev,ino,size,lastModifiedTime,ctime");
            return new ShimBinary(real, file.toString());
        } catch (IOException e) {
            throw new DavitException(
                    Kind.NOT_FOUND, "cannot look at program: path=" + Texts.quote("" + path), e);
        }
    }

    private static void refuse(Path weak) throws DavitException {
        throw new DavitException(
                Kind.PERMISSION_DENIED,
                "shim binary could be changed by others than root: path="
                        + Texts.quote(weak.toString()));
    }
}

package io.davit.shim.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;
import io.davit.linux.TrustedPath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * A program that only root or this user can have put where it is, as it is at this moment.
 *
 * @param path its absolute path, links followed
 * @param identity changes when the file does
 */
record TrustedProgram(Path path, String identity) {
    /**
     * Looks for a program.
     *
     * @param name an absolute path, or a name to look for in PATH; never in the current directory
     * @param searchPath the directories of PATH
     * @throws DavitException {@code NOT_FOUND} if there is none; {@code PERMISSION_DENIED} if
     *     others than root could change it
     */
    static TrustedProgram find(String name, String searchPath) throws DavitException {
        if (name.startsWith("/")) {
            return of(Path.of(name));
        }
        for (String directory : searchPath.split(":")) {
            if (directory.startsWith("/")) {
                Path candidate = Path.of(directory, name);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return of(candidate);
                }
            }
        }
        throw new DavitException(
                Kind.NOT_FOUND, "binary " + name + " not in PATH: path=" + Texts.quote(searchPath));
    }

    private static TrustedProgram of(Path path) throws DavitException {
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            throw new DavitException(
                    Kind.NOT_FOUND, "no executable file: path=" + Texts.quote(path.toString()));
        }
        try {
            Path real = path.toRealPath();
            TrustedPath.weakness(real).ifPresent(TrustedProgram::refuse);
            Map<String, Object> file = Files.readAttributes(real, "unix:ino,size,lastModifiedTime");
            FileTime changed = (FileTime) file.get("lastModifiedTime");
            return new TrustedProgram(
                    real, file.get("ino") + ":" + file.get("size") + ":" + changed.toMillis());
        } catch (IOException e) {
            throw new DavitException(
                    Kind.NOT_FOUND, "cannot look at program: path=" + Texts.quote("" + path), e);
        }
    }

    private static void refuse(Path weak) throws DavitException {
        throw new DavitException(
                Kind.PERMISSION_DENIED,
                "program could be changed by others than root: path="
                        + Texts.quote(weak.toString()));
    }
}

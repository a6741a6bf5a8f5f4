package io.davit.shim.containerd;

import io.davit.api.errors.DavitException;
import io.davit.linux.LinuxException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether several tasks live in one shim. The disk knows: each task's directory says where its shim
 * answers, whoever serves it.
 */
final class Sharing {
    private Sharing() {}

    /** Says whether a task beside one in a directory has its shim at a socket. */
    static boolean isShared(Path bundle, Path socket) {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(bundle.getParent())) {
            for (Path sibling : siblings) {
                boolean other = !sibling.equals(bundle) && !isHidden(sibling);
                if (other && answersAt(new BundleFiles(sibling), socket)) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException ignored) {
            // no directory, no other task
        }
        return false;
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static boolean answersAt(BundleFiles files, Path socket) {
        return answer(files).flatMap(ShimAnswer::socket).filter(socket::equals).isPresent();
    }

    /** Reads where the shim of a task answers; nothing if that is not recorded. */
    static Optional<ShimAnswer> answer(BundleFiles files) {
        try {
            Optional<String> text = files.read(BundleFiles.BOOTSTRAP);
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(ShimAnswer.parse(text.get().getBytes(StandardCharsets.UTF_8)));
        } catch (LinuxException | DavitException e) {
            return Optional.empty();
        }
    }
}

package io.davit.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Tells whether others than root and this user could change what a path leads to. */
public final class TrustedPath {
    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;

    private TrustedPath() {}

    /**
     * Looks for a weak place: a file or directory that belongs to, or may be written by, others. A
     * writable directory is fine where the sticky bit keeps others' hands off the entry.
     *
     * @param real an absolute path without links
     * @return the first weak place from the end of the path upwards
     * @throws IOException if something on the way cannot be looked at
     */
    public static Optional<Path> weakness(Path real) throws IOException {
        for (Path at = real; at != null; at = at.getParent()) {
            if (isWeak(at)) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private static boolean isWeak(Path at) throws IOException {
        Map<String, Object> file =
                Files.readAttributes(at, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) file.get("mode");
        int uid = (int) file.get("uid");
        boolean ours = uid == 0 || uid == Owner.ofProcess().uid();
        boolean writable = (mode & OTHERS_WRITE) != 0;
        boolean guarded = Files.isDirectory(at) && (mode & STICKY) != 0;
        return !ours || writable && !guarded;
    }
}

package io.davit.linux;

import java.util.List;

/**
 * One line of {@code mountinfo}.
 *
 * @param id the mount's id, unique while it exists
 * @param parentId the mount it is mounted on; its own id or an unknown one for the root
 * @param device the filesystem's device, see {@link FileStatus#device(int, int)}
 * @param root which directory of the filesystem is mounted
 * @param mountPoint where, as this process sees it
 * @param options options of the mount
 * @param propagation optional fields such as {@code shared:7} and {@code master:7}; empty when
 *     private
 * @param fsType filesystem type
 * @param source device or text
 * @param superOptions options of the filesystem
 */
public record MountEntry(
        long id,
        long parentId,
        long device,
        String root,
        String mountPoint,
        List<String> options,
        List<String> propagation,
        String fsType,
        String source,
        List<String> superOptions) {
    /** Copies the lists. */
    public MountEntry {
        options = List.copyOf(options);
        propagation = List.copyOf(propagation);
        superOptions = List.copyOf(superOptions);
    }

    /** Says whether it is mounted at a path or below it, by component. */
    boolean isWithin(String path) {
        return path.equals("/") || mountPoint.equals(path) || mountPoint.startsWith(path + "/");
    }
}

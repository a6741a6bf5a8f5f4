package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code mkdir} is about to do, as text: {@code made <count> <path>} for a directory and those
 * above it, {@code changed <mode> <uid> <gid> <device> <inode> <path>} for one that was there.
 */
final class DirectoryNote {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryNote.class);
    private static final String MADE = "made";
    private static final String CHANGED = "changed";
    private static final int CHANGED_NUMBERS = 5;

    private final String path;
    private final List<Long> numbers;

    private DirectoryNote(String path, List<Long> numbers) {
        this.path = path;
        this.numbers = numbers;
    }

    /** Notes that the last {@code count} directories of a path are made. */
    static String made(String path, int count) {
        return MADE + " " + count + " " + path;
    }

    /** Notes how a directory was that gets another mode or owner. */
    static String changed(String path, FileStatus before) {
        return "%s %d %d %d %d %d %s"
                .formatted(
                        CHANGED,
                        before.mode(),
                        before.uid(),
                        before.gid(),
                        before.device(),
                        before.inode(),
                        path);
    }

    /**
     * Reads a note.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is none
     */
    static DirectoryNote parse(String note) throws DavitException {
        boolean made = note.startsWith(MADE + " ");
        int count = made ? 1 : CHANGED_NUMBERS;
        String[] words = note.split(" ", count + 2);
        if (words.length != count + 2 || !made && !words[0].equals(CHANGED)) {
            throw Failures.invalid("no note of a directory");
        }
        try {
            List<Long> numbers =
                    List.of(words).subList(1, count + 1).stream().map(Long::parseLong).toList();
            return new DirectoryNote(words[count + 1], numbers);
        } catch (NumberFormatException e) {
            throw Failures.invalid("no note of a directory: " + e.getMessage());
        }
    }

    /**
     * Takes it back. A directory that has content by now stays.
     *
     * @throws DavitException the kind of {@link AllowedRoot#of}
     */
    void undo(List<Path> allowedRoots) throws DavitException {
        AllowedRoot place = AllowedRoot.of(allowedRoots, path);
        try (Dir root = place.open()) {
            if (numbers.size() == 1) {
                remove(root, place.relative());
            } else {
                restore(root, place.relative());
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                LOG.warn("directory stays: {}", e.getMessage());
            }
        }
    }

    private void remove(Dir root, String relative) throws LinuxException {
        String at = relative;
        for (long left = numbers.get(0); left > 0 && !at.isEmpty(); left--) {
            try {
                root.removeDir(at);
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
            at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        }
    }

    private void restore(Dir root, String relative) throws LinuxException {
        try (Dir directory = root.dir(relative)) {
            FileStatus now = directory.status();
            if (now.device() == numbers.get(3) && now.inode() == numbers.get(4)) {
                Owner owner = new Owner(numbers.get(1).intValue(), numbers.get(2).intValue());
                MkdirTransformer.set(directory, owner, numbers.get(0).intValue());
            }
        }
    }
}

package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.linux.Descriptor;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.FilesystemStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.OpenFlag;
import io.davit.linux.Resolve;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A filesystem image being made under a temporary name.
 *
 * <p>That name is fixed and locked while it is worked on: what a killed process left is removed by
 * the next one, and two processes do not format one image. Confined to one thread.
 */
final class ImageFile {
    private static final int MODE = 0640;
    private static final int MOST_TRIES = 8;

    private final Dir root;
    private final AllowedRoot place;
    private final Duration timeout;

    ImageFile(Dir root, AllowedRoot place, Duration timeout) {
        this.root = root;
        this.place = place;
        this.timeout = timeout;
    }

    /** Finds what is at a path, links inside the root followed. */
    static Optional<FileStatus> find(Dir root, String path) throws LinuxException {
        try (Descriptor there = root.open(path, EnumSet.of(OpenFlag.PATH), 0, Resolve.BENEATH)) {
            return Optional.of(there.status());
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) && root.find(path).isEmpty()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes and formats it.
     *
     * @param before told which file it is before it has content; what it throws is thrown on
     * @throws IOException if something is there under its name by now, among others
     */
    void make(ImageRequest request, Consumer<FileStatus> before) throws IOException {
        int slash = place.relative().lastIndexOf('/');
        String name = place.relative().substring(slash + 1);
        try (Dir parent = root.dir(slash < 0 ? "." : place.relative().substring(0, slash))) {
            requireSpace(parent, request.size());
            String temporary = temporary(name);
            try (Descriptor file = create(parent, temporary)) {
                noted(parent, file, temporary, before);
                finish(parent, file, temporary, name, request);
            }
        }
    }

    /** The name beside a path under which it is made. */
    static String temporary(String path) {
        int slash = path.lastIndexOf('/') + 1;
        return path.substring(0, slash) + "." + path.substring(slash) + ".davit-mkfs";
    }

    private static void noted(
            Dir parent, Descriptor file, String temporary, Consumer<FileStatus> before)
            throws IOException {
        try {
            before.accept(file.status());
        } catch (DavitException e) {
            unlink(parent, temporary, e);
            throw e;
        }
    }

    private void requireSpace(Dir parent, long size) throws LinuxException {
        long available = FilesystemStatus.of(parent.procPath().toString()).availableBytes();
        if (size > available) {
            String why = "size=" + size + " available=" + available;
            throw new LinuxException(Errno.ENOSPC, "make image", place.path(), why);
        }
    }

    private void finish(
            Dir parent, Descriptor file, String temporary, String name, ImageRequest request)
            throws IOException {
        try {
            file.truncate(request.size());
            // The tool gets the very file: its name could lead elsewhere by now.
            String path =
                    "/proc/"
                            + ProcessHandle.current().pid()
                            + "/fd/"
                            + file.procPath().getFileName();
            HelperProgram tool = HelperProgram.require("mkfs." + request.filesystem());
            tool.run(request.arguments(path), timeout);
            file.sync();
            parent.renameNew(temporary, parent, name);
            parent.sync();
        } catch (IOException e) {
            unlink(parent, temporary, e);
            throw e;
        }
    }

    /** Creates the temporary file and locks it. */
    private Descriptor create(Dir parent, String temporary) throws LinuxException {
        for (int i = 0; i < MOST_TRIES; i++) {
            try {
                Descriptor made = parent.create(temporary, MODE);
                if (made.tryLock(true) && isStill(parent, temporary, made)) {
                    return made;
                }
                made.close();
            } catch (LinuxException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
                removeStale(parent, temporary);
            }
        }
        throw new LinuxException(Errno.EBUSY, "make image", place.path(), "others keep making it");
    }

    /**
     * Says whether a name still means a file: before it was locked somebody may have removed it.
     */
    private static boolean isStill(Dir parent, String name, Descriptor file) throws LinuxException {
        return parent.find(name).filter(file.status()::sameFile).isPresent();
    }

    private void removeStale(Dir parent, String temporary) throws LinuxException {
        EnumSet<OpenFlag> flags = EnumSet.of(OpenFlag.READ, OpenFlag.NONBLOCK, OpenFlag.NOFOLLOW);
        try (Descriptor old = parent.open(temporary, flags, 0, Resolve.BENEATH)) {
            if (!old.tryLock(true)) {
                throw new LinuxException(Errno.EBUSY, "make image", place.path(), "being made");
            }
            if (isStill(parent, temporary, old)) {
                parent.unlink(temporary);
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static void unlink(Dir parent, String name, Exception cause) {
        try {
            parent.unlink(name);
        } catch (LinuxException e) {
            cause.addSuppressed(e);
        }
    }
}

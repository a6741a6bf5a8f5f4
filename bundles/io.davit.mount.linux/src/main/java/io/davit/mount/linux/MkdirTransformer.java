package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.spi.mount.MountTransform;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import org.osgi.service.component.annotations.Component;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the directories that options {@code X-containerd.mkdir.path=directory[:mode[:uid:gid]]}
 * name, below the allowed roots, and takes these options out.
 *
 * <p>A directory that is made gets exactly its mode (0700 if none is given), and those above it
 * that are missing are made too; a path with {@code ..} in it makes none above. One that exists
 * gets the mode and owner asked for. All of it is taken back if the activation fails. Source:
 * containerd core/mount/manager.
 */
@Component(name = "io.davit.mount.linux.mkdir", service = MountTransformer.class)
@MountTransform("mkdir")
public final class MkdirTransformer implements MountTransformer {
    private static final int DEFAULT_MODE = 0700;

    @Override
    public Mount transform(Mount mount, TransformContext context) throws DavitException {
        List<String> kept = new ArrayList<>();
        for (String option : mount.options()) {
            if (option.startsWith(MkdirOption.PREFIX)) {
                make(MkdirOption.parse(option.substring(MkdirOption.PREFIX.length())), context);
            } else {
                kept.add(option);
            }
        }
        return mount.withOptions(kept);
    }

    private static void make(MkdirOption option, TransformContext context) throws DavitException {
        AllowedRoot place = AllowedRoot.of(context.allowedRoots(), option.path());
        try (Dir root = place.open()) {
            if (exists(root, place)) {
                adjust(root, place, option, context);
            } else {
                create(root, place, option, context);
            }
        } catch (IOException e) {
            throw Failures.of("cannot make directory: path=" + Texts.quote(option.path()), e);
        }
    }

    /** Says whether the directory is there, links inside the root followed. */
    private static boolean exists(Dir root, AllowedRoot place) throws LinuxException {
        try {
            root.dir(place.relative()).close();
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTDIR)) {
                throw new DavitException(
                        Kind.FAILED_PRECONDITION,
                        "something that is no directory is there: path="
                                + Texts.quote(place.path()),
                        e);
            }
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static void create(
            Dir root, AllowedRoot place, MkdirOption option, TransformContext context)
            throws LinuxException {
        int mode = option.mode().orElse(DEFAULT_MODE);
        int missing = place.plain() ? missing(root, place.relative()) : 1;
        context.note(DirectoryNote.made(place.path(), missing));
        if (place.plain()) {
            root.makeDirs(place.relative(), mode, option.owner());
        } else {
            root.makeDir(place.relative(), mode, option.owner());
        }
    }

    /** How many directories at the end of a path are not there. */
    private static int missing(Dir root, String path) throws LinuxException {
        int missing = 1;
        for (int slash = path.lastIndexOf('/');
                slash > 0;
                slash = path.lastIndexOf('/', slash - 1)) {
            try {
                root.dir(path.substring(0, slash)).close();
                return missing;
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
                missing++;
            }
        }
        return missing;
    }

    private static void adjust(
            Dir root, AllowedRoot place, MkdirOption option, TransformContext context)
            throws LinuxException {
        try (Dir directory = root.dir(place.relative())) {
            FileStatus before = directory.status();
            int mode = option.mode().orElse(before.mode());
            if (mode == before.mode() && option.owner().matches(before)) {
                return;
            }
            context.note(DirectoryNote.changed(place.path(), before));
            set(directory, option.owner(), mode);
        }
    }

    /** In this order: a change of owner clears bits of the mode. */
    static void set(Dir directory, Owner owner, int mode) throws LinuxException {
        directory.chown(".", owner);
        directory.chmod(".", mode);
    }

    @Override
    public void undo(String note, List<Path> allowedRoots) throws DavitException {
        DirectoryNote.parse(note).undo(allowedRoots);
    }
}

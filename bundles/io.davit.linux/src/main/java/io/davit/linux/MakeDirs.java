package io.davit.linux;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes directories by descriptor, with exact mode and owner. */
final class MakeDirs {
    private static final Set<OpenFlag> LISTABLE =
            EnumSet.of(OpenFlag.READ, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);

    private MakeDirs() {}

    static void one(Dir dir, String path, int mode, Owner owner) throws LinuxException {
        dir.inParent(path, (parent, name) -> make(parent, name, mode, owner));
    }

    private static void make(Dir parent, String name, int mode, Owner owner) throws LinuxException {
        byte[] text = LibC.text(name);
        String path = parent.child(name);
        parent.use(fd -> LibC.check(LibC.mkdirat(fd, text, 0700), "mkdirat", path));
        try (Descriptor made = parent.open(name, LISTABLE, 0, Resolve.BENEATH)) {
            if (!owner.matches(made.status())) {
                made.chown(owner);
            }
            made.chmod(mode);
        } catch (LinuxException e) {
            remove(parent, name, e);
            throw e;
        }
    }

    static List<String> all(Dir dir, String path, int mode, Owner owner) throws LinuxException {
        List<String> made = new ArrayList<>();
        try {
            StringBuilder at = new StringBuilder();
            for (String name : path.split("/")) {
                if (!name.isEmpty() && !name.equals(".")) {
                    at.append(at.length() == 0 ? "" : "/").append(name);
                    descend(dir, at.toString(), made, mode, owner);
                }
            }
            return made;
        } catch (LinuxException e) {
            for (int i = made.size() - 1; i >= 0; i--) {
                remove(dir, made.get(i), e);
            }
            throw e;
        }
    }

    private static void descend(Dir dir, String at, List<String> made, int mode, Owner owner)
            throws LinuxException {
        try {
            dir.dir(at).close();
        } catch (LinuxException missing) {
            if (!missing.is(Errno.ENOENT)) {
                throw missing;
            }
            makeUnlessThere(dir, at, made, mode, owner);
        }
    }

    private static void makeUnlessThere(
            Dir dir, String at, List<String> made, int mode, Owner owner) throws LinuxException {
        try {
            one(dir, at, mode, owner);
            made.add(at);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            // Somebody else made it meanwhile, or it is a dangling link: then this fails.
            dir.dir(at).close();
        }
    }

    private static void remove(Dir dir, String path, LinuxException cause) {
        try {
            dir.removeDir(path);
        } catch (LinuxException e) {
            cause.addSuppressed(e);
        }
    }
}

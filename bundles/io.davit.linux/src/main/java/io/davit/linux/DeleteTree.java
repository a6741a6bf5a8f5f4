package io.davit.linux;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Removes a tree by descriptors, within one mount.
 *
 * <p>Needs a bounded number of descriptors for a tree of any depth: what lies deeper than a bound
 * is moved up next to the top first. Confined to one thread.
 */
final class DeleteTree {
    static final int AT_REMOVEDIR = 0x200;

    private static final int DEEPEST = 64;
    private static final int MOST_PASSES = 16;
    private static final int NO_REPLACE = 1;
    private static final Set<OpenFlag> LISTABLE =
            EnumSet.of(OpenFlag.READ, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW);

    private final Dir parent;
    private Descriptor top;
    private int moved;

    DeleteTree(Dir parent) {
        this.parent = parent;
    }

    void delete(String name) throws LinuxException {
        refuseMounts(name);
        deleteUnchecked(name);
    }

    /** Deletes without looking at the mount table; the descent itself still stays on its mount. */
    void deleteUnchecked(String name) throws LinuxException {
        byte[] text = LibC.text(name);
        parent.use(fd -> remove(fd, text, parent.child(name), 0));
    }

    private void refuseMounts(String name) throws LinuxException {
        String here = parent.currentPath();
        String path = here.endsWith("/") ? here + name : here + "/" + name;
        List<MountEntry> below = MountTable.read().below(path);
        if (!below.isEmpty()) {
            String what = "mounted below: " + LinuxException.printable(below.get(0).mountPoint());
            throw new LinuxException(Errno.EBUSY, "delete tree", path, what);
        }
    }

    private Void remove(int dir, byte[] name, String path, int depth) throws LinuxException {
        if (LibC.unlinkat(dir, name, 0) == 0) {
            return null;
        }
        LinuxException e = LibC.failure("unlinkat", path);
        if (!e.is(Errno.EISDIR)) {
            throw e;
        }
        if (depth == DEEPEST) {
            moveUp(dir, name, path);
            return null;
        }
        try (Descriptor tree = parent.resolver().child(dir, name, path, LISTABLE)) {
            top = top == null ? tree : top;
            clear(tree, depth);
        }
        LibC.check(LibC.unlinkat(dir, name, AT_REMOVEDIR), "unlinkat", path);
        return null;
    }

    /**
     * Lists and removes until a listing shows nothing; passes that moved something up do not count.
     */
    private void clear(Descriptor tree, int depth) throws LinuxException {
        int before = moved;
        for (int pass = 0; pass < MOST_PASSES && !empty(tree, depth); pass++) {
            tree.use(fd -> LibC.check(LibC.lseek(fd, 0, 0), "lseek", tree.path()));
            pass = moved > before ? 0 : pass;
            before = moved;
        }
    }

    /** Removes what a listing shows; says whether it showed nothing. */
    private boolean empty(Descriptor tree, int depth) throws LinuxException {
        return tree.use(
                fd -> {
                    boolean empty = true;
                    List<DirectoryEntry.Raw> next = DirectoryEntry.next(fd, tree.path());
                    for (; !next.isEmpty(); next = DirectoryEntry.next(fd, tree.path())) {
                        empty = false;
                        for (DirectoryEntry.Raw raw : next) {
                            String path = tree.path() + "/" + raw.text();
                            remove(fd, LibC.terminated(raw.name(), path), path, depth + 1);
                        }
                    }
                    return empty;
                });
    }

    private void moveUp(int dir, byte[] name, String path) throws LinuxException {
        int result = -1;
        while (result < 0) {
            byte[] next = LibC.text(".davit-deep-" + moved++);
            result = top.use(to -> LibC.renameat2(dir, name, to, next, NO_REPLACE));
            if (result < 0 && !LibC.failure("renameat2", path).is(Errno.EEXIST)) {
                throw LibC.failure("renameat2", path);
            }
        }
    }
}

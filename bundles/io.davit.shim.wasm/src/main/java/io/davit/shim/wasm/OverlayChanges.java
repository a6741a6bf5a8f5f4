package io.davit.shim.wasm;

import java.util.List;

/** Removes and renames names of an overlay; the lock of its volume is held. */
final class OverlayChanges {
    private OverlayChanges() {}

    static void removeFile(OverlayDir dir, String name) throws ErrnoException {
        OverlayDir.Found found = dir.require(name);
        if (found.isDirectory()) {
            throw new ErrnoException(Errno.ISDIR);
        }
        HostDir top = dir.upperForWrite();
        if (dir.findBelow(name) != null) {
            Whiteouts.create(top, name);
        }
        if (found.upper()) {
            top.removeFile(name);
        }
    }

    static void removeDir(OverlayDir dir, String name) throws ErrnoException {
        requireEmptyDir(dir, name);
        boolean inUpper = dir.require(name).upper();
        HostDir top = dir.upperForWrite();
        if (dir.findBelow(name) != null) {
            Whiteouts.create(top, name);
        }
        if (inUpper) {
            removeUpperDir(top, name);
        }
    }

    private static void requireEmptyDir(OverlayDir dir, String name) throws ErrnoException {
        try (OverlayDir child = dir.openDir(name);
                Entries entries = child.list()) {
            if (entries.next() != null) {
                throw new ErrnoException(Errno.NOTEMPTY);
            }
        }
    }

    private static void removeUpperDir(HostDir top, String name) throws ErrnoException {
        try (HostDir child = top.openDir(name)) {
            Whiteouts.clear(child);
        }
        top.removeDir(name);
    }

    /** Renames; a directory that the lower layers have a part of is copied up whole before. */
    static void rename(OverlayDir dir, String name, OverlayDir target, String newName)
            throws ErrnoException {
        OverlayDir.Found found = dir.require(name);
        OverlayDir.Found replaced = target.find(newName);
        if (Whiteouts.isMark(newName)) {
            throw new ErrnoException(Errno.PERM);
        }
        if (replaced != null) {
            if (found.layer().stat(name).sameFile(replaced.layer().stat(newName))) {
                return;
            }
            requireReplaceable(found, target, newName, replaced);
        }
        if (found.isDirectory()) {
            requireOutside(dir.path(), name, target.path());
            prepareDir(dir, name, target.findBelow(newName) != null);
        }
        HostDir from = dir.copied(name, found);
        HostDir top = target.upperForWrite();
        Whiteouts.removeDevice(top, newName);
        if (replaced != null && replaced.upper() && replaced.isDirectory()) {
            removeUpperDir(top, newName);
        }
        from.rename(name, top, newName);
        Whiteouts.remove(top, newName);
        if (dir.findBelow(name) != null) {
            Whiteouts.create(from, name);
        }
    }

    private static void requireReplaceable(
            OverlayDir.Found found, OverlayDir target, String newName, OverlayDir.Found replaced)
            throws ErrnoException {
        if (found.isDirectory() != replaced.isDirectory()) {
            throw new ErrnoException(found.isDirectory() ? Errno.NOTDIR : Errno.ISDIR);
        }
        if (found.isDirectory()) {
            requireEmptyDir(target, newName);
        }
    }

    private static void requireOutside(List<String> path, String name, List<String> target)
            throws ErrnoException {
        if (target.size() > path.size()
                && target.subList(0, path.size()).equals(path)
                && target.get(path.size()).equals(name)) {
            throw new ErrnoException(Errno.INVAL);
        }
    }

    /** Brings a directory with all it holds to the upper layer, cut off from what is below. */
    private static void prepareDir(OverlayDir dir, String name, boolean somethingBelow)
            throws ErrnoException {
        try (OverlayDir child = dir.openDir(name)) {
            boolean merged = !child.lowers().isEmpty();
            if (merged) {
                OverlayTrees.copyUp(child);
            }
            if (merged || somethingBelow) {
                Whiteouts.makeOpaque(child.upperForWrite());
            }
        }
    }
}

package io.davit.shim.wasm;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/**
 * A directory as a guest sees it: one of a volume, with what is mounted below. Holds the directory.
 */
final class Place implements AutoCloseable {
    private final Dir dir;

    /** What is mounted below; {@code null} for nothing. */
    private final MountPoint mounts;

    /** Takes over one hold on the directory. */
    Place(Dir dir, MountPoint mounts) {
        this.dir = dir;
        this.mounts = mounts;
    }

    /** The place of a mount or of a name on the way to one. */
    static Place of(MountPoint point) {
        Dir dir = point.mounted() == null ? point.stand() : point.mounted();
        return new Place(dir.retain(), point);
    }

    Dir dir() {
        return dir;
    }

    /** What is mounted at or below a name, or {@code null}. */
    MountPoint mountAt(String name) {
        return mounts == null ? null : mounts.child(name);
    }

    MountPoint mounts() {
        return mounts;
    }

    Place retain() {
        return new Place(dir.retain(), mounts);
    }

    FileType typeOf(String name) throws ErrnoException {
        MountPoint point = mountAt(name);
        if (point == null) {
            return dir.typeOf(name);
        }
        return point.file() == null ? FileType.DIRECTORY : FileType.REGULAR_FILE;
    }

    FileStat stat(String name) throws ErrnoException {
        MountPoint point = mountAt(name);
        if (point == null) {
            return dir.stat(name);
        }
        if (point.file() != null) {
            return point.mounted().stat(point.file());
        }
        try (Place below = open(name)) {
            return below.dir.stat();
        }
    }

    /** Opens a directory in this one. */
    Place open(String name) throws ErrnoException {
        MountPoint point = mountAt(name);
        if (point == null) {
            return new Place(dir.openDir(name), null);
        }
        if (point.file() != null) {
            throw new ErrnoException(Errno.NOTDIR);
        }
        if (point.mounted() != null) {
            return of(point);
        }
        try {
            return new Place(dir.openDir(name), point);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.NOENT || e.errno() == Errno.NOTDIR) {
                return of(point);
            }
            throw e;
        }
    }

    GuestFile openFile(String name, OpenHow how) throws ErrnoException {
        MountPoint point = mountAt(name);
        if (point == null) {
            requireWritable(dir, how);
            return dir.openFile(name, how);
        }
        if (point.file() == null) {
            throw new ErrnoException(Errno.ISDIR);
        }
        requireWritable(point.mounted(), how);
        return point.mounted().openFile(point.file(), how);
    }

    private static void requireWritable(Dir dir, OpenHow how) throws ErrnoException {
        if (how.changes() && dir.volume().readOnly()) {
            throw new ErrnoException(Errno.ROFS);
        }
    }

    /** Fails unless the name may be made, replaced or removed. */
    void requireChangeable(String name) throws ErrnoException {
        if (mountAt(name) != null) {
            throw new ErrnoException(Errno.BUSY);
        }
        if (dir.volume().readOnly()) {
            throw new ErrnoException(Errno.ROFS);
        }
    }

    /** The names of the directory, with the mounts that the directory itself does not have. */
    Entries list() throws ErrnoException {
        Entries own = dir.list();
        return mounts == null || mounts.isEmpty() ? own : new WithMounts(own);
    }

    @Override
    public void close() {
        dir.close();
    }

    /** A listing that ends with the mounts that were not in it. */
    private final class WithMounts implements Entries {
        private final Entries own;
        private final Set<String> seen = new HashSet<>();
        private Iterator<String> rest;

        WithMounts(Entries own) {
            this.own = own;
        }

        @Override
        public Entry next() throws ErrnoException {
            Entry entry = rest == null ? own.next() : null;
            if (entry != null) {
                return mountAt(entry.name()) == null ? entry : mounted(entry.name());
            }
            if (rest == null) {
                rest = mounts.names().iterator();
            }
            while (rest.hasNext()) {
                String name = rest.next();
                if (!seen.contains(name)) {
                    return mounted(name);
                }
            }
            return null;
        }

        private Entry mounted(String name) throws ErrnoException {
            seen.add(name);
            return new Entry(name, typeOf(name), stat(name).ino());
        }

        @Override
        public void close() {
            own.close();
        }
    }
}

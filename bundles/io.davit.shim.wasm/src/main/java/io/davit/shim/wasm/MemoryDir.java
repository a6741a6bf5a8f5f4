package io.davit.shim.wasm;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A directory in memory. */
final class MemoryDir implements Dir {
    private final MemoryVolume volume;
    private final MemoryNode node;

    MemoryDir(MemoryVolume volume, MemoryNode node) {
        this.volume = volume;
        this.node = node;
    }

    @Override
    public Volume volume() {
        return volume;
    }

    private MemoryNode child(String name) throws ErrnoException {
        MemoryNode found = node.children.get(name);
        if (found == null) {
            throw new ErrnoException(Errno.NOENT);
        }
        return found;
    }

    /** Fails if the name is taken, or this directory was removed. */
    private void requireFree(String name) throws ErrnoException {
        if (node.children.containsKey(name)) {
            throw new ErrnoException(Errno.EXIST);
        }
        requireAlive();
    }

    private void requireAlive() throws ErrnoException {
        if (node.names == 0 && node != ((MemoryDir) volume.root()).node) {
            throw new ErrnoException(Errno.NOENT);
        }
    }

    private MemoryNode add(String name, FileType type) throws ErrnoException {
        MemoryNode made = volume.newNode(type);
        put(name, made);
        return made;
    }

    private void put(String name, MemoryNode child) {
        node.children.put(name, child);
        child.names++;
        if (child.isDirectory()) {
            child.parent = node;
        }
        node.touch();
    }

    private void take(String name, MemoryNode child) {
        node.children.remove(name);
        child.names--;
        if (child.isDirectory()) {
            child.parent = null;
        }
        child.changed = MemoryVolume.now();
        node.touch();
    }

    @Override
    public FileStat stat() {
        synchronized (volume) {
            return node.stat();
        }
    }

    @Override
    public FileStat stat(String name) throws ErrnoException {
        synchronized (volume) {
            return child(name).stat();
        }
    }

    @Override
    public FileType typeOf(String name) throws ErrnoException {
        synchronized (volume) {
            return child(name).type();
        }
    }

    @Override
    public Dir openDir(String name) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = child(name);
            if (!found.isDirectory()) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            return new MemoryDir(volume, found);
        }
    }

    @Override
    public GuestFile openFile(String name, OpenHow how) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = node.children.get(name);
            if (found == null) {
                if (!how.create()) {
                    throw new ErrnoException(Errno.NOENT);
                }
                requireAlive();
                found = add(name, FileType.REGULAR_FILE);
            } else if (how.create() && how.exclusive()) {
                throw new ErrnoException(Errno.EXIST);
            } else if (found.type() != FileType.REGULAR_FILE) {
                throw new ErrnoException(found.isDirectory() ? Errno.ISDIR : Errno.LOOP);
            }
            if (how.truncate()) {
                found.truncate(0);
            }
            return new MemoryFile(volume, found);
        }
    }

    @Override
    public String readLink(String name) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = child(name);
            if (found.type() != FileType.SYMBOLIC_LINK) {
                throw new ErrnoException(Errno.INVAL);
            }
            return found.target;
        }
    }

    @Override
    public void makeDir(String name) throws ErrnoException {
        synchronized (volume) {
            requireFree(name);
            add(name, FileType.DIRECTORY);
        }
    }

    @Override
    public void makeLink(String name, String target) throws ErrnoException {
        synchronized (volume) {
            requireFree(name);
            add(name, FileType.SYMBOLIC_LINK).target = target;
        }
    }

    @Override
    public void makeHardLink(String name, Dir from, String existing) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = ((MemoryDir) from).child(existing);
            if (found.isDirectory()) {
                throw new ErrnoException(Errno.PERM);
            }
            requireFree(name);
            put(name, found);
        }
    }

    @Override
    public void removeDir(String name) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = child(name);
            if (!found.isDirectory()) {
                throw new ErrnoException(Errno.NOTDIR);
            }
            if (!found.children.isEmpty()) {
                throw new ErrnoException(Errno.NOTEMPTY);
            }
            take(name, found);
            found.dropIfUnused();
        }
    }

    @Override
    public void removeFile(String name) throws ErrnoException {
        synchronized (volume) {
            MemoryNode found = child(name);
            if (found.isDirectory()) {
                throw new ErrnoException(Errno.ISDIR);
            }
            take(name, found);
            found.dropIfUnused();
        }
    }

    @Override
    public void rename(String name, Dir to, String newName) throws ErrnoException {
        synchronized (volume) {
            MemoryDir target = (MemoryDir) to;
            MemoryNode moved = child(name);
            MemoryNode replaced = target.node.children.get(newName);
            if (moved == replaced) {
                return;
            }
            target.requireAlive();
            requireOutside(moved, target.node);
            if (replaced != null) {
                requireReplaceable(moved, replaced);
                target.take(newName, replaced);
                replaced.dropIfUnused();
            }
            take(name, moved);
            target.put(newName, moved);
        }
    }

    private static void requireOutside(MemoryNode moved, MemoryNode target) throws ErrnoException {
        for (MemoryNode each = target; each != null; each = each.parent) {
            if (each == moved) {
                throw new ErrnoException(Errno.INVAL);
            }
        }
    }

    private static void requireReplaceable(MemoryNode moved, MemoryNode replaced)
            throws ErrnoException {
        if (moved.isDirectory() && !replaced.isDirectory()) {
            throw new ErrnoException(Errno.NOTDIR);
        }
        if (!moved.isDirectory() && replaced.isDirectory()) {
            throw new ErrnoException(Errno.ISDIR);
        }
        if (!replaced.children.isEmpty()) {
            throw new ErrnoException(Errno.NOTEMPTY);
        }
    }

    @Override
    public void setTimes(String name, FileTimes times) throws ErrnoException {
        synchronized (volume) {
            setTimes(name == null ? node : child(name), times);
        }
    }

    /** Sets times; the volume's lock is held. */
    static void setTimes(MemoryNode node, FileTimes times) {
        if (times.accessed() != null) {
            node.accessed = times.accessed();
        }
        if (times.modified() != null) {
            node.modified = times.modified();
        }
        node.changed = MemoryVolume.now();
    }

    @Override
    public Entries list() {
        List<Entries.Entry> entries = new ArrayList<>();
        synchronized (volume) {
            node.children.forEach(
                    (name, child) ->
                            entries.add(new Entries.Entry(name, child.type(), child.ino())));
        }
        Iterator<Entries.Entry> names = entries.iterator();
        return new Entries() {
            @Override
            public Entry next() {
                return names.hasNext() ? names.next() : null;
            }

            @Override
            public void close() {
                // A copy in memory.
            }
        };
    }

    @Override
    public Dir retain() {
        return this;
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}

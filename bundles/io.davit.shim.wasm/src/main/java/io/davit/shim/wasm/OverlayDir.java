package io.davit.shim.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A directory of an overlay: the same path in some of its layers. */
final class OverlayDir implements Dir {
    private final OverlayVolume volume;

    /** This directory in the lower layers, the topmost first. */
    private final List<HostDir> lowers;

    /** The names from the top of the overlay to here. */
    private final List<String> path;

    private final AtomicInteger holds = new AtomicInteger(1);

    /** This directory in the upper layer, once it is there; set under the volume's lock. */
    private volatile HostDir upper;

    /** What {@link OverlayVolume#raised} was when the upper directory was last looked for. */
    private volatile int seen;

    /** What a name leads to: in which layer, and which type. */
    record Found(HostDir layer, FileType type, boolean upper) {
        boolean isDirectory() {
            return type == FileType.DIRECTORY;
        }
    }

    /** Takes over one hold on each of the layers' directories. */
    OverlayDir(OverlayVolume volume, HostDir upper, List<HostDir> lowers, List<String> path) {
        this.volume = volume;
        this.upper = upper;
        this.lowers = lowers;
        this.path = path;
        this.seen = volume.raised();
    }

    @Override
    public OverlayVolume volume() {
        return volume;
    }

    /**
     * This directory in the upper layer, or {@code null}; another handle may have brought it up.
     */
    HostDir upper() throws ErrnoException {
        if (upper == null && seen != volume.raised()) {
            synchronized (volume) {
                if (upper == null) {
                    seen = volume.raised();
                    upper = volume.upperAt(path);
                }
            }
        }
        return upper;
    }

    List<String> path() {
        return path;
    }

    List<HostDir> lowers() {
        return lowers;
    }

    /** Looks through the layers, or returns {@code null}. */
    Found find(String name) throws ErrnoException {
        if (Whiteouts.isMark(name)) {
            return null;
        }
        HostDir top = upper();
        if (top != null) {
            FileType type = top.typeOrNull(name);
            if (Whiteouts.hides(top, name, type)) {
                return null;
            }
            if (type != null) {
                return new Found(top, type, true);
            }
        }
        return findBelow(name);
    }

    Found findBelow(String name) throws ErrnoException {
        for (HostDir lower : lowers) {
            FileType type = lower.typeOrNull(name);
            if (Whiteouts.hides(lower, name, type)) {
                return null;
            }
            if (type != null) {
                return new Found(lower, type, false);
            }
        }
        return null;
    }

    Found require(String name) throws ErrnoException {
        Found found = find(name);
        if (found == null) {
            throw new ErrnoException(Errno.NOENT);
        }
        return found;
    }

    private void requireFree(String name) throws ErrnoException {
        if (Whiteouts.isMark(name)) {
            throw new ErrnoException(Errno.PERM);
        }
        if (find(name) != null) {
            throw new ErrnoException(Errno.EXIST);
        }
    }

    @Override
    public FileStat stat() throws ErrnoException {
        HostDir top = upper();
        return (top == null ? lowers.get(0) : top).stat();
    }

    @Override
    public FileStat stat(String name) throws ErrnoException {
        return require(name).layer.stat(name);
    }

    @Override
    public FileType typeOf(String name) throws ErrnoException {
        return require(name).type;
    }

    @Override
    public OverlayDir openDir(String name) throws ErrnoException {
        Found found = require(name);
        if (found.type != FileType.DIRECTORY) {
            throw new ErrnoException(Errno.NOTDIR);
        }
        List<HostDir> below = new ArrayList<>();
        HostDir top = null;
        try {
            top = found.upper ? found.layer.openDir(name) : null;
            if (top == null || !Whiteouts.isOpaque(top)) {
                openBelow(name, below);
            }
        } catch (ErrnoException e) {
            closeAll(top, below);
            throw e;
        }
        List<String> childPath = new ArrayList<>(path);
        childPath.add(name);
        return new OverlayDir(volume, top, below, childPath);
    }

    /** Opens a directory in the lower layers, down to the first that ends it. */
    private void openBelow(String name, List<HostDir> opened) throws ErrnoException {
        for (HostDir lower : lowers) {
            FileType type = lower.typeOrNull(name);
            if (Whiteouts.hides(lower, name, type) || type != null && type != FileType.DIRECTORY) {
                return;
            }
            if (type != null) {
                HostDir child = lower.openDir(name);
                opened.add(child);
                if (Whiteouts.isOpaque(child)) {
                    return;
                }
            }
        }
    }

    private static void closeAll(HostDir top, List<HostDir> below) {
        if (top != null) {
            top.close();
        }
        below.forEach(HostDir::close);
    }

    @Override
    public GuestFile openFile(String name, OpenHow how) throws ErrnoException {
        if (!how.changes()) {
            return require(name).layer.openFile(name, how);
        }
        synchronized (volume) {
            Found found = find(name);
            if (found == null) {
                if (!how.create()) {
                    throw new ErrnoException(Errno.NOENT);
                }
                requireFree(name);
                HostDir top = upperForWrite();
                Whiteouts.removeDevice(top, name);
                GuestFile file = top.openFile(name, how);
                Whiteouts.remove(top, name);
                return file;
            }
            if (how.create() && how.exclusive()) {
                throw new ErrnoException(Errno.EXIST);
            }
            return copied(name, found).openFile(name, how);
        }
    }

    /** The upper layer's directory, in which the name is there for certain. */
    HostDir copied(String name, Found found) throws ErrnoException {
        HostDir top = upperForWrite();
        if (!found.upper && found.type != FileType.DIRECTORY) {
            CopyUp.copy(found.layer, name, found.type, volume.work(), top);
        }
        return top;
    }

    /** The upper layer's directory, made now if need be; the volume's lock is held. */
    HostDir upperForWrite() throws ErrnoException {
        if (upper() == null) {
            OverlayDir here = volume.root().retain();
            try {
                for (String name : path) {
                    OverlayDir next = here.openDir(name);
                    next.raise(here, name);
                    here.close();
                    here = next;
                }
                upper = here.upper.retain();
            } finally {
                here.close();
            }
        }
        return upper;
    }

    private void raise(OverlayDir parent, String name) throws ErrnoException {
        if (upper == null) {
            HostDir from = parent.findBelow(name).layer;
            CopyUp.copy(from, name, FileType.DIRECTORY, volume.work(), parent.upper);
            upper = parent.upper.openDir(name);
            volume.noteRaised();
        }
    }

    @Override
    public String readLink(String name) throws ErrnoException {
        return require(name).layer.readLink(name);
    }

    @Override
    public void makeDir(String name) throws ErrnoException {
        synchronized (volume) {
            requireFree(name);
            HostDir top = upperForWrite();
            boolean hidden = Whiteouts.removeDevice(top, name) | findBelow(name) != null;
            top.makeDir(name);
            if (hidden) {
                try (HostDir made = top.openDir(name)) {
                    Whiteouts.makeOpaque(made);
                }
            }
            Whiteouts.remove(top, name);
        }
    }

    @Override
    public void makeLink(String name, String target) throws ErrnoException {
        synchronized (volume) {
            requireFree(name);
            HostDir top = upperForWrite();
            Whiteouts.removeDevice(top, name);
            top.makeLink(name, target);
            Whiteouts.remove(top, name);
        }
    }

    @Override
    public void makeHardLink(String name, Dir from, String existing) throws ErrnoException {
        synchronized (volume) {
            OverlayDir source = (OverlayDir) from;
            Found found = source.require(existing);
            if (found.type == FileType.DIRECTORY) {
                throw new ErrnoException(Errno.PERM);
            }
            requireFree(name);
            HostDir original = source.copied(existing, found);
            HostDir top = upperForWrite();
            Whiteouts.removeDevice(top, name);
            top.makeHardLink(name, original, existing);
            Whiteouts.remove(top, name);
        }
    }

    @Override
    public void removeFile(String name) throws ErrnoException {
        synchronized (volume) {
            OverlayChanges.removeFile(this, name);
        }
    }

    @Override
    public void removeDir(String name) throws ErrnoException {
        synchronized (volume) {
            OverlayChanges.removeDir(this, name);
        }
    }

    @Override
    public void rename(String name, Dir to, String newName) throws ErrnoException {
        synchronized (volume) {
            OverlayChanges.rename(this, name, (OverlayDir) to, newName);
        }
    }

    /** Brings one name that is no directory to the upper layer; the volume's lock is held. */
    void copyUp(String name) throws ErrnoException {
        copied(name, require(name));
    }

    @Override
    public void setTimes(String name, FileTimes times) throws ErrnoException {
        synchronized (volume) {
            if (name == null) {
                upperForWrite().setTimes(null, times);
                return;
            }
            Found found = require(name);
            if (found.type == FileType.DIRECTORY) {
                try (OverlayDir child = openDir(name)) {
                    child.setTimes(null, times);
                }
            } else {
                copied(name, found).setTimes(name, times);
            }
        }
    }

    @Override
    public Entries list() throws ErrnoException {
        return new OverlayEntries(this);
    }

    @Override
    public OverlayDir retain() {
        holds.incrementAndGet();
        return this;
    }

    @Override
    public void close() {
        if (holds.decrementAndGet() == 0) {
            closeAll(upper, lowers);
        }
    }
}

package io.davit.shim.wasm;

import java.util.List;

/**
 * Directories on top of each other, seen as one: changes go to the upper one, the lower ones are
 * only read. Without an upper directory nothing can be changed.
 *
 * <p>The volume's own lock guards what changes more than one name: copies, marks, renames.
 */
final class OverlayVolume implements Volume {
    private final List<HostVolume> lowers;
    private final HostVolume upper;
    private final HostVolume work;
    private final boolean readOnly;
    private final OverlayDir root;

    /** How often a directory was brought up; written under the lock. */
    private volatile int raised;

    /**
     * Makes an overlay of volumes, which from now on belong to it.
     *
     * @param lowers the topmost first; at least one
     * @param upper where changes go; {@code null} for none
     * @param work on the same file system as the upper one; {@code null} for the upper one itself
     * @param readOnly whether changes are refused although there is an upper directory
     */
    OverlayVolume(List<HostVolume> lowers, HostVolume upper, HostVolume work, boolean readOnly) {
        this.lowers = List.copyOf(lowers);
        this.upper = upper;
        this.work = work;
        this.readOnly = readOnly || upper == null;
        List<HostDir> tops = this.lowers.stream().map(v -> v.root().retain()).toList();
        this.root =
                new OverlayDir(this, upper == null ? null : upper.root().retain(), tops, List.of());
    }

    @Override
    public OverlayDir root() {
        return root;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    /** Where copies are made before they are moved into place. */
    HostDir work() {
        return work == null ? upper.root() : work.root();
    }

    int raised() {
        return raised;
    }

    /** Notes that a directory was brought up; the lock is held. */
    void noteRaised() {
        raised = raised + 1;
    }

    /** Opens a directory of the upper layer by its names, or returns {@code null}. */
    HostDir upperAt(List<String> path) throws ErrnoException {
        HostDir here = upper.root().retain();
        try {
            for (String name : path) {
                HostDir next = here.openDir(name);
                here.close();
                here = next;
            }
            return here;
        } catch (ErrnoException e) {
            here.close();
            if (e.errno() == Errno.NOENT || e.errno() == Errno.NOTDIR) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        root.close();
        lowers.forEach(HostVolume::close);
        if (upper != null) {
            upper.close();
        }
        if (work != null) {
            work.close();
        }
    }
}

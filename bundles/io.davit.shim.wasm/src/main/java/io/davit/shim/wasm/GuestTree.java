package io.davit.shim.wasm;

import java.util.ArrayList;
import java.util.List;

/**
 * The whole file tree of a task: volumes mounted on each other. Built by one thread, then fixed.
 */
final class GuestTree implements AutoCloseable {
    private final MountPoint top = new MountPoint();
    private final List<Volume> volumes = new ArrayList<>();

    /** The root directory; empty and unchangeable until something is mounted on it. */
    Place root() {
        return Place.of(top);
    }

    /** Mounts a volume, which from now on belongs to the tree. */
    void mount(String target, Volume volume) throws ErrnoException {
        volumes.add(volume);
        pointAt(target).mount(volume.root());
    }

    /** Mounts one file at the top of a volume, which from now on belongs to the tree. */
    void mountFile(String target, Volume volume, String file) throws ErrnoException {
        volumes.add(volume);
        MountPoint point = pointAt(target);
        if (point == top) {
            throw new ErrnoException(Errno.NOTDIR);
        }
        point.mountFile(volume.root(), file);
    }

    /** Finds where to mount: links on the way are followed, what is missing is stood in for. */
    private MountPoint pointAt(String target) throws ErrnoException {
        MountPoint point = top;
        try (Place root = root()) {
            for (String name : MountPath.resolve(root, target)) {
                point = point.childOrNew(name);
            }
        }
        return point;
    }

    @Override
    public void close() {
        for (int i = volumes.size() - 1; i >= 0; i--) {
            volumes.get(i).close();
        }
        volumes.clear();
    }
}

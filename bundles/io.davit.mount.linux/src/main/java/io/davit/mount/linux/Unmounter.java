package io.davit.mount.linux;

import io.davit.linux.Errno;
import io.davit.linux.LinuxException;

import java.io.IOException;

/**
 * Unmounts with patience.
 *
 * <p>Source: containerd core/mount.
 */
final class Unmounter {
    private static final int MOST_LAYERS = 4096;

    private final UnmountKernel kernel;
    private final int tries;

    Unmounter(UnmountKernel kernel, int tries) {
        this.kernel = kernel;
        this.tries = tries;
    }

    /** Removes the topmost layer at a path; no layer is a success. */
    void one(String path) throws IOException {
        remove(path);
    }

    /** Removes all layers at a path; a path that is empty or missing is a success. */
    void all(String path) throws IOException {
        if (path.isEmpty() || !kernel.exists(path)) {
            return;
        }
        int layers = 0;
        while (remove(path)) {
            if (++layers == MOST_LAYERS) {
                throw new LinuxException(Errno.EBUSY, "umount2", path, "layers without end");
            }
        }
    }

    /** Removes one layer; says whether there was one. */
    private boolean remove(String path) throws IOException {
        if (kernel.isFuse(path) && kernel.fuseUnmount(path)) {
            return true;
        }
        LinuxException busy = null;
        for (int i = 0; i < tries; i++) {
            try {
                kernel.unmount(path);
                return true;
            } catch (LinuxException e) {
                if (e.is(Errno.EINVAL)) {
                    return false;
                }
                if (!e.is(Errno.EBUSY)) {
                    throw e;
                }
                busy = e;
            }
            kernel.pause();
        }
        throw busy;
    }
}

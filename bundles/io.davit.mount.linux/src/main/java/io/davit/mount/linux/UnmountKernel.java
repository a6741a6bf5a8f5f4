package io.davit.mount.linux;

import java.io.IOException;

/** What unmounting needs of the system; tests stand in for it. */
interface UnmountKernel {
    /** Calls umount2(2) on the topmost mount at a path; a link is not followed. */
    void unmount(String path) throws IOException;

    /** Says whether a path lies on a FUSE filesystem. */
    boolean isFuse(String path);

    /** Asks the FUSE helpers to unmount; says whether one did. */
    boolean fuseUnmount(String path) throws IOException;

    /** Says whether there is something at a path. */
    boolean exists(String path) throws IOException;

    /** Waits before the next try. */
    void pause() throws IOException;
}

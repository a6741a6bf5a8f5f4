package io.davit.mount.linux;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** What mounting needs of the system; tests stand in for it. */
interface MountKernel {
    /** How a helper program ended. */
    enum HelperEnd {
        /** It did its work. */
        DONE,
        /** Somebody else reaped it: it may have done its work, or not. */
        LOST
    }

    /** A source that holds something until it is mounted. */
    interface Held extends Closeable {
        /** Returns the path to mount, or to look below. */
        String path();
    }

    /**
     * One mount(2).
     *
     * @param source device, path or text
     * @param type filesystem type; may be empty
     * @param flags flags of mount(2)
     * @param data the joined data
     * @param workingDirectory where relative paths in the data start; empty for anywhere
     */
    record Call(String source, String type, long flags, String data, String workingDirectory) {}

    /** Calls mount(2). */
    void mount(MountPlace at, Call call) throws IOException;

    /** Undoes a mount that was made a moment ago, also when busy. */
    void undo(MountPlace at) throws IOException;

    /** Attaches a file to a loop device that goes when its mount does. */
    Held loop(String file, boolean readOnly, boolean direct) throws IOException;

    /** Makes a user namespace with these maps; it lasts until closed. */
    Closeable userNamespace(List<IdMapping> uids, List<IdMapping> gids) throws IOException;

    /** Replaces what is mounted at a place by itself with owners mapped. */
    void mapOwners(Closeable namespace, MountPlace at) throws IOException;

    /** Shows a directory read-only with owners mapped, at a path of its own until closed. */
    Held mapLayers(Closeable namespace, String common) throws IOException;

    /** Says whether an overlay can take its directories one by one, whatever their lengths. */
    boolean takesLayersSingly() throws IOException;

    /** Mounts an overlay with its options given one by one. */
    void mountOverlay(MountPlace at, String source, long flags, List<String> data)
            throws IOException;

    /** Returns the flags a remount must keep; none outside of a user namespace. */
    long lockedFlags(MountPlace at) throws IOException;

    /** Returns the id of the topmost mount at or above a place. */
    long mountId(MountPlace at) throws IOException;

    /** Runs a mount helper with a place after its first argument. */
    HelperEnd runHelper(String program, String source, MountPlace at, List<String> arguments)
            throws IOException;

    /** Returns the bytes of a page: what mount(2) takes as data. */
    int pageSize();
}

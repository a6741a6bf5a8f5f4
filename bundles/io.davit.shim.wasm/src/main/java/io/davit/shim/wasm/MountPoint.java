package io.davit.shim.wasm;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One name on the way to a mount, or a mount itself. The tree of them is built before a guest
 * starts and does not change afterwards.
 */
final class MountPoint {
    private final Map<String, MountPoint> children = new LinkedHashMap<>();

    /** Stands in for a directory on the way that no volume has. */
    private final EmptyDir stand = new EmptyDir();

    /** The top of what is mounted here; {@code null} for a name on the way. */
    private Dir mounted;

    /** The file that is mounted here, in {@link #mounted}; {@code null} for a directory. */
    private String file;

    /** Returns what is below a name, or {@code null}. */
    MountPoint child(String name) {
        return children.get(name);
    }

    MountPoint childOrNew(String name) {
        return children.computeIfAbsent(name, ignored -> new MountPoint());
    }

    /** Mounts a directory and hides what was mounted here and below. */
    void mount(Dir directory) {
        children.clear();
        mounted = directory;
        file = null;
    }

    /** Mounts one file of a directory. */
    void mountFile(Dir directory, String name) {
        children.clear();
        mounted = directory;
        file = name;
    }

    Dir mounted() {
        return mounted;
    }

    String file() {
        return file;
    }

    EmptyDir stand() {
        return stand;
    }

    Iterable<String> names() {
        return children.keySet();
    }

    boolean isEmpty() {
        return children.isEmpty();
    }
}

package io.davit.shim.oci;

import io.davit.linux.Dir;
import io.davit.linux.LinuxException;

/** The directory that the runtime takes for its bundle. */
final class RuntimeBundle {
    private final TaskLayout layout;

    RuntimeBundle(TaskLayout layout) {
        this.layout = layout;
    }

    void write() throws LinuxException {
        try (Dir dir = Dir.open(layout.root())) {
            link(dir, "config.json");
            link(dir, "rootfs");
        }
    }

    private static void link(Dir dir, String name) throws LinuxException {
        if (dir.find(name).isEmpty()) {
            dir.symlink("../" + name, name);
        }
    }
}

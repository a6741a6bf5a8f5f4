package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;

import java.util.List;

/** Builds the file tree of a task, and finds places in it. */
final class TaskTree {
    private TaskTree() {}

    /**
     * Builds a tree, all or nothing.
     *
     * @param rootfs the mounts that make up the root filesystem; empty for the specification's root
     * @throws DavitException as {@link VolumeFactory#mount}
     */
    static GuestTree build(VolumeFactory volumes, List<Mount> rootfs, GuestSpec spec)
            throws DavitException {
        GuestTree tree = new GuestTree();
        try {
            if (rootfs.isEmpty()) {
                tree.mount("/", volumes.root(spec));
            }
            for (Mount each : rootfs) {
                volumes.mount(tree, each, spec.rootReadOnly());
            }
            for (Mount each : spec.mounts()) {
                volumes.mount(tree, each, false);
            }
            return tree;
        } catch (ErrnoException e) {
            tree.close();
            throw new DavitException(Kind.INTERNAL, "cannot mount the root: " + e.errno(), e);
        } catch (DavitException e) {
            tree.close();
            throw e;
        }
    }

    /**
     * Opens the working directory of a process; {@code null} for the root itself.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if there is no such directory
     */
    static Place cwd(Place root, String cwd) throws DavitException {
        if (cwd.equals("/")) {
            return null;
        }
        try (Target target = Walk.resolve(root, root, cwd.substring(1), true)) {
            return target.open();
        } catch (ErrnoException e) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    "process.cwd is no directory of the task: cwd="
                            + Texts.quote(cwd)
                            + " cause="
                            + e.errno(),
                    e);
        }
    }
}

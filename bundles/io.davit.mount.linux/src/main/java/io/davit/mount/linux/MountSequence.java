package io.davit.mount.linux;

import io.davit.api.mount.Mount;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.MountFlags;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that one mount takes, in their order.
 *
 * <p>Source: containerd core/mount. Other than there: a step that fails takes the mount back;
 * propagation is reachable; a remount without data reaches the kernel; a read-only bind is
 * id-mapped too.
 *
 * <p><b>Threads.</b> Safe for use by many threads; without state of its own.
 */
final class MountSequence {
    private static final String OVERLAY = "overlay";
    private static final String DIRECT_IO = "direct-io";
    private static final int OVERLAY_RESERVE = 512;

    private final MountKernel kernel;

    MountSequence(MountKernel kernel) {
        this.kernel = kernel;
    }

    /** Performs a mount; on failure nothing of it is left. */
    void mount(Mount mount, MountPlace at) throws IOException {
        if (FuseHelper.isFor(mount.type())) {
            new FuseHelper(kernel).mount(mount, at);
            return;
        }
        MountOptions options = MountOptions.parse(mount.options());
        if (!options.isMapped()) {
            mount(mount, at, options, null);
            return;
        }
        List<IdMapping> uids = IdMapping.parse(options.uidMap());
        List<IdMapping> gids = IdMapping.parse(options.gidMap());
        try (Closeable namespace = kernel.userNamespace(uids, gids)) {
            mount(mount, at, options, namespace);
        }
    }

    private void mount(Mount mount, MountPlace at, MountOptions options, Closeable namespace)
            throws IOException {
        if (!mount.type().equals(OVERLAY) || namespace == null) {
            new Steps(mount, at, options, namespace).run();
            return;
        }
        List<String> dirs = OverlayOptions.lowerDirs(options.data()).orElse(List.of());
        String common = OverlayOptions.commonDirectory(dirs);
        try (MountKernel.Held mapped = kernel.mapLayers(namespace, common)) {
            List<String> moved = OverlayOptions.below(dirs, common, mapped.path());
            List<String> data = OverlayOptions.replaceLower(options.data(), moved);
            new Steps(mount, at, options.withData(data), null).run();
        }
    }

    /** One mount on its way. */
    private final class Steps {
        private final Mount mount;
        private final MountPlace at;
        private final MountOptions options;
        private final Closeable namespace;

        Steps(Mount mount, MountPlace at, MountOptions options, Closeable namespace) {
            this.mount = mount;
            this.at = at;
            this.options = options;
            this.namespace = namespace;
        }

        void run() throws IOException {
            boolean remount = options.has(MountFlags.REMOUNT);
            long before = kernel.mountId(at);
            boolean doneByLastStep = options.isReadOnlyBind() && options.data().isEmpty();
            if (!remount || !doneByLastStep) {
                first();
            }
            try {
                further();
            } catch (IOException e) {
                if (kernel.mountId(at) != before) {
                    undo(e);
                }
                throw e;
            }
        }

        private void first() throws IOException {
            boolean isLong =
                    mount.type().equals(OVERLAY)
                            && options.dataLength() >= kernel.pageSize() - OVERLAY_RESERVE;
            if (isLong && kernel.takesLayersSingly()) {
                kernel.mountOverlay(at, mount.source(), options.flags(), options.data());
                return;
            }
            OverlayOptions.Compacted compacted =
                    isLong
                            ? OverlayOptions.compact(options.data())
                            : new OverlayOptions.Compacted("", options.data());
            List<String> data = new ArrayList<>(compacted.options());
            boolean direct = options.loop() && data.remove(DIRECT_IO);
            String joined = String.join(",", data);
            if (joined.length() > kernel.pageSize()) {
                throw new LinuxException(
                        Errno.E2BIG,
                        "mount",
                        at.text(),
                        "options of " + joined.length() + " bytes");
            }
            attachAndCall(joined, compacted.workingDirectory(), direct);
        }

        private void attachAndCall(String data, String workingDirectory, boolean direct)
                throws IOException {
            boolean keepsSource = options.has(MountFlags.REMOUNT) && data.isEmpty();
            if (!options.loop() || keepsSource) {
                call(mount.source(), data, workingDirectory);
                return;
            }
            boolean readOnly = options.has(MountFlags.RDONLY);
            try (MountKernel.Held loop = kernel.loop(mount.source(), readOnly, direct)) {
                call(loop.path(), data, workingDirectory);
            }
        }

        private void call(String source, String data, String directory) throws IOException {
            long flags = options.flags();
            kernel.mount(at, new MountKernel.Call(source, mount.type(), flags, data, directory));
        }

        private void further() throws IOException {
            for (long propagation : options.propagation()) {
                change(propagation);
            }
            if (namespace != null) {
                kernel.mapOwners(namespace, at);
            }
            if (options.isReadOnlyBind()) {
                change(options.flags() | MountFlags.REMOUNT | kernel.lockedFlags(at));
            }
        }

        private void change(long flags) throws IOException {
            kernel.mount(at, new MountKernel.Call("", "", flags, "", ""));
        }

        private void undo(IOException cause) {
            try {
                kernel.undo(at);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}

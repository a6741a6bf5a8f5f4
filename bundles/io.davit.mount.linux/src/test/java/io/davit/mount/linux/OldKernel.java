package io.davit.mount.linux;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The real kernel, denying that its overlay takes directories one by one. */
record OldKernel(MountKernel kernel) implements MountKernel {
    @Override
    public void mount(MountPlace at, Call call) throws IOException {
        kernel.mount(at, call);
    }

    @Override
    public void undo(MountPlace at) throws IOException {
        kernel.undo(at);
    }

    @Override
    public Held loop(String file, boolean readOnly, boolean direct) throws IOException {
        return kernel.loop(file, readOnly, direct);
    }

    @Override
    public Closeable userNamespace(List<IdMapping> uids, List<IdMapping> gids) throws IOException {
        return kernel.userNamespace(uids, gids);
    }

    @Override
    public void mapOwners(Closeable namespace, MountPlace at) throws IOException {
        kernel.mapOwners(namespace, at);
    }

    @Override
    public Held mapLayers(Closeable namespace, String common) throws IOException {
        return kernel.mapLayers(namespace, common);
    }

    @Override
    public boolean takesLayersSingly() {
        return false;
    }

    @Override
    public void mountOverlay(MountPlace at, String source, long flags, List<String> data) {
        throw new AssertionError("an old kernel cannot do this");
    }

    @Override
    public long lockedFlags(MountPlace at) throws IOException {
        return kernel.lockedFlags(at);
    }

    @Override
    public long mountId(MountPlace at) throws IOException {
        return kernel.mountId(at);
    }

    @Override
    public HelperEnd runHelper(String program, String source, MountPlace at, List<String> arguments)
            throws IOException {
        return kernel.runHelper(program, source, at, arguments);
    }

    @Override
    public int pageSize() {
        return kernel.pageSize();
    }
}

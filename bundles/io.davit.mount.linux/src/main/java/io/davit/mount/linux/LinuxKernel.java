package io.davit.mount.linux;

import io.davit.linux.Descriptor;
import io.davit.linux.DetachedMount;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FilesystemContext;
import io.davit.linux.FilesystemStatus;
import io.davit.linux.LinuxException;
import io.davit.linux.LoopDevice;
import io.davit.linux.MountFlags;
import io.davit.linux.Mounts;
import io.davit.linux.OpenFlag;
import io.davit.linux.Resolve;
import io.davit.linux.SmallFiles;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The calls of a mount as Linux has them. Places and sources of binds are used by descriptor. */
final class LinuxKernel implements MountKernel {
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH);
    private static final String WHOLE_RANGE = "0 0 4294967295";
    private static final int LOCKABLE =
            (int)
                    (MountFlags.RDONLY
                            | MountFlags.NODEV
                            | MountFlags.NOEXEC
                            | MountFlags.NOSUID
                            | MountFlags.NOATIME
                            | MountFlags.RELATIME
                            | MountFlags.NODIRATIME);

    private final Settings settings;
    private final MappedLayers layers;

    /** Whether overlay knows {@code lowerdir+}; asked once, any thread. */
    private volatile Boolean layersSingly;

    LinuxKernel(Settings settings) {
        this.settings = settings;
        this.layers = new MappedLayers(settings.temporaryDirectory());
    }

    private static Descriptor open(MountPlace at) throws LinuxException {
        String below = String.join("/", LexicalPath.names(at.below()));
        try (Dir root = Dir.open(at.root())) {
            return root.open(below.isEmpty() ? "." : below, PLACE, 0, Resolve.IN_ROOT);
        }
    }

    @Override
    public void mount(MountPlace at, Call call) throws IOException {
        int length = call.data().getBytes(StandardCharsets.UTF_8).length;
        if (length >= pageSize()) {
            throw new LinuxException(Errno.E2BIG, "mount", at.text(), length + " bytes of options");
        }
        try (Descriptor target = open(at);
                Descriptor bound = isBind(call) ? openSource(call.source()) : null) {
            String source = bound == null ? call.source() : bound.procPath().toString();
            mount(target.procPath().toString(), source, call);
        } catch (LinuxException e) {
            throw explained(e, at, call);
        }
    }

    private static void mount(String target, String source, Call call) throws LinuxException {
        if (call.workingDirectory().isEmpty()) {
            Mounts.mount(source, target, call.type(), call.flags(), call.data());
        } else {
            Mounts.mountFrom(
                    call.workingDirectory(),
                    source,
                    target,
                    call.type(),
                    call.flags(),
                    call.data());
        }
    }

    private static LinuxException explained(LinuxException e, MountPlace at, Call call) {
        String why =
                "source=%s type=%s flags=0x%x data=%s"
                        .formatted(call.source(), call.type(), call.flags(), shown(call.data()));
        LinuxException explained = new LinuxException(e.number(), e.call(), at.text(), why);
        explained.initCause(e);
        return explained;
    }

    private static String shown(String data) {
        return data.length() > 100 ? data.substring(0, 100) + "…" : data;
    }

    private static boolean isBind(Call call) {
        return (call.flags() & (MountFlags.BIND | MountFlags.REMOUNT)) == MountFlags.BIND;
    }

    /** Opens what is to be bound, and looks where that really is. */
    private Descriptor openSource(String path) throws LinuxException {
        Descriptor source = Descriptor.open(path, PLACE);
        try {
            String real = source.currentPath();
            boolean denied =
                    real.equals("/")
                            || settings.deniedSources().stream()
                                    .anyMatch(d -> real.equals(d) || real.startsWith(d + "/"));
            if (denied) {
                throw new LinuxException(Errno.EPERM, "bind", path, "leads to " + real);
            }
            return source;
        } catch (LinuxException e) {
            source.close();
            throw e;
        }
    }

    @Override
    public void undo(MountPlace at) throws IOException {
        try (Descriptor mounted = open(at)) {
            Mounts.unmount(mounted.procPath().toString(), MountFlags.UMOUNT_DETACH);
        }
    }

    @Override
    public Held loop(String file, boolean readOnly, boolean direct) throws IOException {
        LoopDevice device =
                LoopDevices.attach(file, new LoopDevice.Options(file, readOnly, true, direct));
        return new Held() {
            @Override
            public String path() {
                return device.path();
            }

            @Override
            public void close() {
                device.close();
            }
        };
    }

    @Override
    public Closeable userNamespace(List<IdMapping> uids, List<IdMapping> gids) throws IOException {
        return UserNamespace.make(uids, gids, settings.helperTimeout());
    }

    @Override
    public void mapOwners(Closeable namespace, MountPlace at) throws IOException {
        Descriptor owners = ((UserNamespace) namespace).descriptor();
        try (Descriptor mounted = open(at);
                DetachedMount clone = DetachedMount.cloneOf(mounted, true)) {
            clone.mapOwners(owners, 0);
            Mounts.unmount(mounted.procPath().toString(), MountFlags.UMOUNT_DETACH);
            try (Descriptor target = open(at)) {
                clone.attach(target);
            }
        }
    }

    @Override
    public Held mapLayers(Closeable namespace, String common) throws IOException {
        return layers.show(
                OverlayOptions.unescape(common), ((UserNamespace) namespace).descriptor());
    }

    @Override
    public boolean takesLayersSingly() throws IOException {
        if (layersSingly == null) {
            layersSingly = probe();
        }
        return layersSingly;
    }

    private static boolean probe() throws LinuxException {
        try (FilesystemContext overlay = FilesystemContext.open("overlay")) {
            overlay.string("lowerdir+", "/");
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOSYS, Errno.EINVAL, Errno.EPERM, Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void mountOverlay(MountPlace at, String source, long flags, List<String> data)
            throws IOException {
        List<String> single = new ArrayList<>();
        for (String option : data) {
            if (option.startsWith(OverlayOptions.LOWER)) {
                String dirs = option.substring(OverlayOptions.LOWER.length());
                single.addAll(OverlayOptions.singly(OverlayOptions.split(dirs)));
            } else {
                single.add(option);
            }
        }
        try (Descriptor target = open(at);
                DetachedMount overlay = ConfiguredMount.make("overlay", source, flags, single)) {
            overlay.attach(target);
        }
    }

    @Override
    public long lockedFlags(MountPlace at) throws IOException {
        String map = SmallFiles.readText(Path.of("/proc/self/uid_map"), 1 << 16);
        if (map.trim().replaceAll("\\s+", " ").equals(WHOLE_RANGE)) {
            return 0;
        }
        try (Descriptor mounted = open(at)) {
            return FilesystemStatus.of(mounted.procPath().toString()).flags() & LOCKABLE;
        }
    }

    @Override
    public long mountId(MountPlace at) throws IOException {
        try (Descriptor place = open(at)) {
            return place.status().mountId();
        }
    }

    @Override
    public HelperEnd runHelper(String program, String source, MountPlace at, List<String> arguments)
            throws IOException {
        String target;
        try (Descriptor place = open(at)) {
            target = place.currentPath();
        }
        List<String> all = new ArrayList<>(List.of(source, target));
        all.addAll(arguments);
        HelperProgram.require(program).run(all, settings.helperTimeout());
        return HelperEnd.DONE;
    }

    @Override
    public int pageSize() {
        return Mounts.pageSize();
    }
}

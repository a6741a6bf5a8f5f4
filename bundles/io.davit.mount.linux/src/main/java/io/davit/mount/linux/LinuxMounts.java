package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.MountFlags;
import io.davit.linux.MountTable;
import io.davit.linux.Mounts;
import io.davit.spi.mount.MountEntry;
import io.davit.spi.mount.SystemMounts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Mounts that need no handler, by Linux's own calls.
 *
 * <p>Configured by the PID {@code io.davit.mount.linux}, see {@link LinuxMountsConfig}.
 */
@Component(name = "io.davit.mount.linux", service = SystemMounts.class)
@Designate(ocd = LinuxMountsConfig.class)
public final class LinuxMounts implements SystemMounts {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxMounts.class);

    private final MountSequence sequence;
    private final Unmounter unmounter;

    /** Makes one with the default configuration. */
    public LinuxMounts() {
        this(Settings.defaults());
    }

    /**
     * Makes one and removes what an earlier one left when it was killed.
     *
     * @param config the configuration
     */
    @Activate
    public LinuxMounts(LinuxMountsConfig config) {
        this(LinuxMountsConfig.Reader.settings(config));
        Settings settings = LinuxMountsConfig.Reader.settings(config);
        try {
            new MappedLayers(settings.temporaryDirectory()).removeStale();
        } catch (LinuxException e) {
            LOG.warn("cannot remove old layers: directory={}", settings.temporaryDirectory(), e);
        }
    }

    LinuxMounts(Settings settings) {
        sequence = new MountSequence(new LinuxKernel(settings));
        unmounter = new Unmounter(new LinuxUnmounts(settings), settings.unmountTries());
    }

    @Override
    public void mount(Mount mount, String at) throws DavitException {
        MountRules.require(mount);
        Superblock.require(mount);
        try {
            sequence.mount(mount, new MountPlace(at, mount.target()));
        } catch (IOException e) {
            throw Failures.of("cannot mount: " + shown(mount) + " at=" + Texts.quote(at), e);
        }
    }

    private static String shown(Mount mount) {
        return "type=" + Texts.quote(mount.type()) + " source=" + Texts.quote(mount.source());
    }

    @Override
    public void unmount(String mountPoint) throws DavitException {
        try {
            unmountBelow(mountPoint);
            unmounter.one(mountPoint);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e.is(Errno.EBUSY) ? busy(mountPoint, e) : failed("unmount", mountPoint, e);
        } catch (IOException e) {
            throw failed("unmount", mountPoint, e);
        }
    }

    /**
     * Unmounts what a recursive bind brought along, the newest first. Cut off from where it came
     * from before, because an unmount is told to everybody who shares the mount above.
     */
    private void unmountBelow(String mountPoint) throws IOException {
        List<io.davit.linux.MountEntry> tree = MountTable.read().below(mountPoint);
        if (tree.stream().allMatch(entry -> entry.mountPoint().equals(mountPoint))) {
            return;
        }
        Mounts.mount("", mountPoint, "", MountFlags.REC | MountFlags.SLAVE, "");
        for (io.davit.linux.MountEntry entry : tree) {
            if (!entry.mountPoint().equals(mountPoint)) {
                unmounter.one(entry.mountPoint());
            }
        }
    }

    private DavitException busy(String mountPoint, LinuxException cause) {
        String text = "mount stayed busy: at=%s held by=%s";
        return new DavitException(
                Kind.FAILED_PRECONDITION,
                text.formatted(Texts.quote(mountPoint), holders(mountPoint)),
                cause);
    }

    private static DavitException failed(String step, String path, IOException cause) {
        return Failures.of("cannot " + step + ": at=" + Texts.quote(path), cause);
    }

    @Override
    public Optional<List<MountEntry>> mountsBelow(String path) throws DavitException {
        try {
            List<MountEntry> entries = new ArrayList<>();
            for (io.davit.linux.MountEntry entry : MountTable.read().below(path)) {
                entries.add(
                        new MountEntry(
                                entry.id(), entry.mountPoint(), entry.fsType(), entry.source()));
            }
            Collections.reverse(entries);
            return Optional.of(entries);
        } catch (LinuxException e) {
            throw new DavitException(
                    Kind.INTERNAL, "cannot read the mount table: " + e.getMessage(), e);
        }
    }

    @Override
    public void detach(String mountPoint) throws DavitException {
        try {
            Mounts.unmount(mountPoint, MountFlags.UMOUNT_DETACH | MountFlags.UMOUNT_NOFOLLOW);
        } catch (LinuxException e) {
            if (!e.is(Errno.EINVAL, Errno.ENOENT)) {
                throw failed("detach", mountPoint, e);
            }
        }
    }

    @Override
    public boolean isHeld(long id) {
        try {
            return MountHolders.isHeld(id);
        } catch (LinuxException e) {
            return true;
        }
    }

    @Override
    public List<String> holders(String mountPoint) {
        try {
            return MountHolders.of(mountPoint);
        } catch (LinuxException e) {
            return List.of("unknown: " + e.getMessage());
        }
    }
}

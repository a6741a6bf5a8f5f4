package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.Owner;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.SystemMounts;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A handler whose mounts are mounts of the system, on a directory it makes.
 *
 * <p><b>Threads.</b> Safe for use by many threads; without state of its own.
 */
abstract class FilesystemHandler implements MountHandler {
    private static final int MODE = 0700;
    private static final int MOST_LAYERS = 64;

    /** What makes, finds and removes mounts. */
    private final SystemMounts system;

    FilesystemHandler(SystemMounts system) {
        this.system = system;
    }

    /** Performs a mount on an existing, empty directory; returns it as it is reported. */
    abstract Mount perform(Mount mount, String at) throws DavitException;

    final SystemMounts system() {
        return system;
    }

    @Override
    public ActiveMount mount(Mount mount, String at, List<ActiveMount> before)
            throws DavitException {
        MountRules.require(mount);
        makePlace(at);
        Mount performed;
        try {
            performed = perform(mount, at);
        } catch (DavitException e) {
            try {
                removePlace(at);
            } catch (DavitException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
        return new ActiveMount(performed, at, Instant.now(), Map.of());
    }

    private static void makePlace(String at) throws DavitException {
        Place place = Place.of(at);
        try (Dir parent = Dir.open(place.parent())) {
            parent.makeDir(place.name(), MODE, Owner.ofProcess());
        } catch (IOException e) {
            throw Failures.of("cannot make mount point: at=" + Texts.quote(at), e);
        }
    }

    @Override
    public void unmount(String mountPoint) throws DavitException {
        for (int layer = 0; layer < MOST_LAYERS && mayBeMounted(mountPoint); layer++) {
            system.unmount(mountPoint);
        }
        removePlace(mountPoint);
    }

    private boolean mayBeMounted(String at) throws DavitException {
        return system.mountsBelow(at)
                .map(all -> all.stream().anyMatch(entry -> entry.mountPoint().equals(at)))
                .orElse(true);
    }

    @Override
    public Optional<Boolean> isMounted(ActiveMount mount) {
        return system.mountsBelow(mount.mountPoint())
                .map(all -> all.stream().anyMatch(e -> e.mountPoint().equals(mount.mountPoint())));
    }

    private static void removePlace(String at) throws DavitException {
        Place place = Place.of(at);
        try (Dir parent = Dir.open(place.parent())) {
            parent.removeDir(place.name());
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw Failures.of("cannot remove mount point: at=" + Texts.quote(at), e);
            }
        }
    }

    /**
     * A mount point, split.
     *
     * @param parent the directory that holds it
     * @param name its name there
     */
    record Place(String parent, String name) {
        static Place of(String at) throws DavitException {
            int slash = at.lastIndexOf('/');
            if (slash < 1 || !LexicalPath.isPlain(at)) {
                throw Failures.invalid("malformed mount point: at=" + Texts.quote(at));
            }
            return new Place(at.substring(0, slash), at.substring(slash + 1));
        }
    }
}

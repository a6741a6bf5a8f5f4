package io.davit.mount.linux;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.linux.Dir;
import io.davit.linux.Errno;
import io.davit.linux.FileStatus;
import io.davit.linux.FileType;
import io.davit.linux.LinuxException;
import io.davit.spi.mount.MountTransform;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes and formats the image file that is a mount's source, unless it exists.
 *
 * <p>Options {@code X-containerd.mkfs.size=SIZE} (needed), {@code .fs=ext2|ext3|ext4|xfs}, {@code
 * .uuid=UUID}; they are taken out. The file appears under its name only when it is formatted and on
 * the disk, so one that exists is taken as it is. Source: containerd core/mount/manager.
 *
 * <p>Configured by the PID {@code io.davit.mount.linux.mkfs}, see {@link MkfsConfig}.
 */
@Component(name = "io.davit.mount.linux.mkfs", service = MountTransformer.class)
@MountTransform("mkfs")
@Designate(ocd = MkfsConfig.class)
public final class MkfsTransformer implements MountTransformer {
    private static final Logger LOG = LoggerFactory.getLogger(MkfsTransformer.class);
    private static final long DEFAULT_MOST = 1L << 40;
    private static final long DEFAULT_TIMEOUT = 60_000;

    private final long most;
    private final Duration timeout;

    /** Makes one with the default configuration. */
    public MkfsTransformer() {
        this(DEFAULT_MOST, DEFAULT_TIMEOUT);
    }

    /**
     * Makes one.
     *
     * @param config the configuration
     */
    @Activate
    public MkfsTransformer(MkfsConfig config) {
        this(config.mkfs_max_bytes(), config.mkfs_timeout_millis());
    }

    private MkfsTransformer(long most, long timeoutMillis) {
        this.most = most;
        this.timeout = Duration.ofMillis(timeoutMillis);
    }

    @Override
    public Mount transform(Mount mount, TransformContext context) throws DavitException {
        AllowedRoot place = AllowedRoot.of(context.allowedRoots(), mount.source());
        ImageRequest request = ImageRequest.parse(mount.options());
        try (Dir root = place.open()) {
            if (!exists(root, place)) {
                request.requireMakeable(most);
                new ImageFile(root, place, timeout)
                        .make(request, file -> context.note(note(place, file)));
            }
        } catch (IOException e) {
            throw Failures.of("cannot make image: path=" + Texts.quote(mount.source()), e);
        }
        return mount.withOptions(request.others());
    }

    private static boolean exists(Dir root, AllowedRoot place) throws LinuxException {
        Optional<FileStatus> there = ImageFile.find(root, place.relative());
        if (there.isPresent() && there.get().type() != FileType.REGULAR) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "something that is no file is there: path=" + Texts.quote(place.path()));
        }
        return there.isPresent();
    }

    /** {@code <device> <inode> <path>} of the file that will be the image. */
    private static String note(AllowedRoot place, FileStatus file) {
        return file.device() + " " + file.inode() + " " + place.path();
    }

    @Override
    public void undo(String note, List<Path> allowedRoots) throws DavitException {
        String[] words = note.split(" ", 3);
        if (words.length < 3) {
            throw Failures.invalid("no note of an image");
        }
        AllowedRoot place = AllowedRoot.of(allowedRoots, words[2]);
        try (Dir root = place.open()) {
            for (String name : List.of(place.relative(), ImageFile.temporary(place.relative()))) {
                Optional<FileStatus> there = root.find(name);
                if (there.filter(file -> note(place, file).equals(note)).isPresent()) {
                    root.unlink(name);
                }
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                LOG.warn("image stays: {}", e.getMessage());
            }
        }
    }
}

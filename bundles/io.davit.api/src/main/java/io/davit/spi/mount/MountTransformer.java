package io.davit.spi.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.Mount;

import org.osgi.annotation.versioning.ConsumerType;

import java.nio.file.Path;
import java.util.List;

/**
 * Rewrites a mount before it is performed or handed on.
 *
 * <p>Selected by a prefix of the type: of {@code format/mkdir/overlay} the transformer {@code
 * format} runs first, then {@code mkdir}; the type is {@code overlay} afterwards.
 *
 * <p><b>Threads.</b> As for {@link MountHandler}.
 *
 * <p><b>Registered with</b> {@code davit.mount.transform} (String, required): the prefix.
 *
 * @since 1.0
 */
@ConsumerType
public interface MountTransformer {
    /**
     * Checks what can be checked before anything is performed. Must not have an effect.
     *
     * @param mount the mount, with the type that remains after this prefix; never {@code null}
     * @param before how many mounts of the list are performed before this one; 0 or more
     * @throws DavitException {@code INVALID_ARGUMENT} if the mount cannot be transformed
     */
    default void check(Mount mount, int before) throws DavitException {}

    /**
     * Transforms a mount.
     *
     * @param mount the mount, with the type that remains after this prefix; never {@code null}
     * @param context what is known so far, and where notes go; never {@code null}
     * @return the mount to go on with; not {@code null}
     * @throws DavitException with the kind that fits; what was made so far is taken back by {@link
     *     #undo}
     */
    Mount transform(Mount mount, TransformContext context) throws DavitException;

    /**
     * Takes back what {@link TransformContext#note} told of, maybe in another process than the one
     * that made it, maybe once more, maybe without it ever having been made.
     *
     * <p>Succeeds when there is nothing to take back. Leaves alone, and says so in the log, what
     * somebody has used since.
     *
     * @param note as it was given; never {@code null}
     * @param allowedRoots the directories of now, as in {@link TransformContext#allowedRoots};
     *     unmodifiable
     * @throws DavitException with the kind that fits; it will be tried again
     */
    default void undo(String note, List<Path> allowedRoots) throws DavitException {}
}

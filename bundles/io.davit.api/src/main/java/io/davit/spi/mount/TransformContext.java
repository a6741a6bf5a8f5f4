package io.davit.spi.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActiveMount;

import org.osgi.annotation.versioning.ProviderType;

import java.nio.file.Path;
import java.util.List;

/**
 * What a transformer may know and where it may write. Confined to the thread of the call.
 *
 * @since 1.0
 */
@ProviderType
public interface TransformContext {
    /**
     * Returns the mounts of the same activation performed so far.
     *
     * @return in order; unmodifiable; never {@code null}
     */
    List<ActiveMount> active();

    /**
     * Returns the directories below which a transformer may create something.
     *
     * @return absolute, normal paths; unmodifiable; never {@code null}
     */
    List<Path> allowedRoots();

    /**
     * Notes what the transformer is about to make or change, so that it is taken back if the
     * activation fails or its process ends before it is complete. Call it before the act: when it
     * returns, the note is durable.
     *
     * <p>{@link MountTransformer#undo} gets the notes of a mount, the last one first, after the
     * mount was undone and before those it was made on are.
     *
     * @param note what {@code undo} needs to know, in the transformer's own words, at most 8,192
     *     characters; not {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is too long; the kind of the store's
     *     failure if it cannot be kept, and then nothing may be made
     */
    void note(String note) throws DavitException;
}

package io.davit.api.mount;

import io.davit.api.errors.DavitException;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Finds and removes what the mount manager should not have: leftovers of crashes, mounts that went
 * away, activations that nobody refers to.
 *
 * <p>Registered with {@link MountManager} and by the same provider.
 *
 * <p><b>Threads.</b> Safe for use by many threads. An activation that another call works on is
 * skipped; no call on another name waits for a check or a collection.
 *
 * @since 1.0
 */
@ProviderType
public interface MountMaintenance {
    /**
     * Compares records, the system's mount table, what handlers hold, and the target directory.
     *
     * @param repair whether to undo what is left over and to drop activations whose mounts are
     *     gone; what is foreign or damaged is only told
     * @return what was found; never {@code null}
     * @throws DavitException {@code INTERNAL} if the disk or the table cannot be read
     */
    MountReport check(boolean repair) throws DavitException;

    /**
     * Returns a mark for {@link CollectMounts#upTo}. Take it before asking who is alive: whatever
     * is activated after it is not collected.
     *
     * @return 0 or more
     */
    long mark();

    /**
     * Deactivates what nobody refers to, undoes what earlier calls could not undo, and removes
     * directories without an activation.
     *
     * <p>An activation is kept while the lease it was made under is alive, an object that one of
     * its labels names is alive, or the request names it. The labels are containerd's back
     * references, {@code containerd.io/gc.bref.container}, {@code .content} and {@code .image},
     * each optionally followed by {@code .} or {@code /} and any text, {@code
     * containerd.io/gc.bref.snapshot.<snapshotter>}, and {@code io.davit.gc.bref.<kind>} for every
     * other kind. Their values are the ids.
     *
     * @param request who is alive; not {@code null}
     * @return what was decided and done; never {@code null}
     * @throws DavitException {@code INTERNAL} if the target directory cannot be read; a failed
     *     unmount is told by the result instead
     */
    CollectedMounts collect(CollectMounts request) throws DavitException;
}

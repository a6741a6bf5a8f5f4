package io.davit.api.mount;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Namespace;

import org.osgi.annotation.versioning.ProviderType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns lists of mounts into what a runtime still has to mount; performs, records and undoes the
 * rest.
 *
 * <p>Each mount is recorded before it is made, so that what a crash leaves behind is found and
 * undone. Handlers and transformers come and go while the manager runs; a call sees those that are
 * there when it begins.
 *
 * <p><b>Threads.</b> Safe for use by many threads. Calls on one name run one after the other, calls
 * on different names do not wait for each other. No lock that another name needs is held while a
 * handler runs.
 *
 * <p><b>Blocking.</b> Activation and deactivation last as long as the mounts and one durable commit
 * each; a busy unmount is given up after about 2.5 seconds. The other calls are served from memory.
 * An interrupted activation ends {@code CANCELLED} and is undone first.
 *
 * <p><b>Configured by</b> the PID {@code io.davit.mount.manager}. Source of the rules: containerd's
 * mount manager ({@code core/mount/manager}).
 *
 * @since 1.0
 */
@ProviderType
public interface MountManager {
    /**
     * Says what {@link #activate} would do, and does nothing.
     *
     * @param request what would be activated; not {@code null}
     * @return who takes which mount; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if a mount or a template is malformed or
     *     there are too many mounts
     */
    MountPlan plan(ActivateMounts request) throws DavitException;

    /**
     * Performs the leading mounts that a plain system cannot perform, or that later ones refer to.
     *
     * <p>All or nothing: on failure every mount that this call made is undone, last first, whatever
     * became of the caller meanwhile. A list that needs nothing is not an error, see {@link
     * MountActivation#isRecorded}.
     *
     * @param request what to activate; not {@code null}
     * @return the activation; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if a mount or a template is malformed or
     *     there are too many mounts; {@code ALREADY_EXISTS} if the name is active; {@code
     *     UNAVAILABLE} if nobody here can make system mounts and one has to be made; {@code
     *     CANCELLED} if the thread was interrupted; the kind of the handler's or transformer's
     *     failure otherwise
     */
    MountActivation activate(ActivateMounts request) throws DavitException;

    /**
     * Undoes an activation, last mount first, and forgets it.
     *
     * <p>The name is free when this returns or throws. What could not be undone is kept on record,
     * without a name, until it is proven gone; the manager goes on trying, and {@link
     * MountMaintenance#check} shows it. A mount that stays busy is detached where the system can do
     * that, and then is no failure. An interrupted caller does not stop the work.
     *
     * @param name the key; not {@code null}
     * @throws DavitException {@code NOT_FOUND} if there is no such activation; {@code CANCELLED} if
     *     the thread was interrupted; the kind of the first failed unmount otherwise
     */
    void deactivate(ActivationName name) throws DavitException;

    /**
     * Looks up an activation.
     *
     * @param name the key; not {@code null}
     * @return what is recorded, also of an interrupted activation; empty if there is none; never
     *     {@code null}
     */
    Optional<MountActivation> find(ActivationName name);

    /**
     * Changes the labels of an activation.
     *
     * @param name the key; not {@code null}
     * @param labels the new values; a key named by {@code fieldPaths} but absent here is removed
     * @param fieldPaths {@code labels} for all of them, {@code labels.<key>} for one; empty means
     *     {@code labels}
     * @return the activation after the change; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if a path or label is malformed; {@code
     *     NOT_FOUND} if there is no such activation
     */
    MountActivation update(ActivationName name, Map<String, String> labels, Set<String> fieldPaths)
            throws DavitException;

    /**
     * Lists activations.
     *
     * @param namespace the namespace; not {@code null}
     * @param filters containerd filters over {@code name}, {@code labels.<key>}, {@code lease} and
     *     {@code complete}; an activation is listed if one of them matches; empty means all
     * @return the activations sorted by name; a copy; never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if a filter is malformed
     */
    List<MountActivation> list(Namespace namespace, List<String> filters) throws DavitException;

    /**
     * Says who took which mount of an activation, and why.
     *
     * @param name the key; not {@code null}
     * @return the plan as it was carried out; never {@code null}
     * @throws DavitException {@code NOT_FOUND} if there is no such activation
     */
    MountPlan explain(ActivationName name) throws DavitException;
}

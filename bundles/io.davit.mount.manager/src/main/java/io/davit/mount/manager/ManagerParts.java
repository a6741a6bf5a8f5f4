package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.mount.ActivationName;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the calls of one manager share.
 *
 * @param settings the configuration
 * @param store the activations
 * @param targets the target directory
 * @param rules what records and mount points must be like
 * @param locks by {@link ActivationName} for an activation, by number for its undoing; the second
 *     is only ever taken after the first
 * @param worker threads that undo
 * @param catalog says who can do what now
 */
record ManagerParts(
        MountSettings settings,
        ActivationStore store,
        TargetDirectory targets,
        RecordRules rules,
        KeyedLock<Object> locks,
        UndoWorker worker,
        Supplier<Catalog> catalog) {
    /** Works under the lock of a name. */
    <T> T locked(ActivationName name, Supplier<T> work) throws DavitException {
        return locks.locked(name, "activation " + name, settings.nameWait(), work);
    }

    /** Where transformers may create something. */
    List<Path> transformRoots() {
        return Stream.concat(Stream.of(targets.root()), settings.allowedRoots().stream()).toList();
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.names.Texts;
import io.davit.spi.mount.MountEntry;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.SystemMounts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes one mount go away, and makes sure that it is gone.
 *
 * @param catalog who can do what
 * @param lazyDetach whether a mount that stays busy is detached
 */
record Unmounter(Catalog catalog, boolean lazyDetach) {
    private static final Logger LOG = LoggerFactory.getLogger(Unmounter.class);
    private static final int MOST_LAYERS = 64;

    /**
     * Unmounts by what is on record.
     *
     * @return the system's number of the mount if it stayed busy and was detached; empty if it is
     *     gone
     * @throws DavitException if it is not gone
     */
    OptionalLong unmount(StepRecord step, String at) throws DavitException {
        try {
            if (isHandlers(step)) {
                unmountHandled(step, at);
            } else {
                unmountSystem(at);
            }
            return OptionalLong.empty();
        } catch (DavitException e) {
            if (e.kind() != Kind.FAILED_PRECONDITION) {
                throw e;
            }
            return OptionalLong.of(detach(at, e));
        }
    }

    /** A mount that a handler made is a handler's, unless it reported a type that has none. */
    private boolean isHandlers(StepRecord step) {
        return step.isHandled()
                && (step.undoType().equals(step.type())
                        || catalog.handler(step.undoType()).isPresent());
    }

    private void unmountHandled(StepRecord step, String at) {
        MountHandler handler = catalog.requireHandler(step.undoType());
        handler.unmount(at);
        Optional<ActiveMount> active = step.active();
        if (active.isPresent() && handler.isMounted(active.get()).orElse(false)) {
            throw new DavitException(
                    Kind.FAILED_PRECONDITION, "still mounted: path=" + Texts.quote(at));
        }
    }

    /** Unmounts by what was found on disk, without a record. */
    void unmount(TargetDirectory.Entry entry, String at) throws DavitException {
        Optional<Provider<MountHandler>> handler = catalog.handler(entry.type());
        if (handler.isPresent()) {
            handler.get().service().unmount(at);
        } else if (catalog.system().isPresent()) {
            unmountSystem(at);
        }
    }

    private void unmountSystem(String at) {
        SystemMounts system = catalog.requireSystem();
        for (int layer = 0; layer < MOST_LAYERS; layer++) {
            system.unmount(at);
            if (layers(system, at).orElse(List.of()).isEmpty()) {
                return;
            }
        }
        throw new DavitException(
                Kind.FAILED_PRECONDITION, "too many layers: path=" + Texts.quote(at));
    }

    private static Optional<List<MountEntry>> layers(SystemMounts system, String at) {
        return system.mountsBelow(at)
                .map(all -> all.stream().filter(e -> e.mountPoint().equals(at)).toList());
    }

    /** Detaches what the system's table shows at a path, or gives up with the failure given. */
    private long detach(String at, DavitException busy) {
        Optional<SystemMounts> system = catalog.system().map(Provider::service);
        List<MountEntry> there = system.flatMap(s -> layers(s, at)).orElse(List.of());
        if (there.isEmpty()) {
            throw busy;
        }
        List<String> holders = system.get().holders(at);
        if (!lazyDetach) {
            throw held(busy, holders);
        }
        try {
            system.get().detach(at);
        } catch (DavitException e) {
            busy.addSuppressed(e);
            throw held(busy, holders);
        }
        LOG.warn("busy mount detached: path={} holders={}", at, holders);
        return there.get(there.size() - 1).id();
    }

    private static DavitException held(DavitException busy, List<String> holders) {
        return holders.isEmpty()
                ? busy
                : new DavitException(
                        busy.kind(),
                        busy.getMessage() + ": held by " + String.join(", ", holders),
                        busy);
    }

    /**
     * Says whether a detached mount is gone for good, and lets its handler free what it held.
     *
     * @throws DavitException if the handler cannot
     */
    boolean isGone(StepRecord step, String at) throws DavitException {
        if (catalog.system().map(s -> s.service().isHeld(step.detached())).orElse(true)) {
            return false;
        }
        if (isHandlers(step)) {
            unmountHandled(step, at);
        }
        return true;
    }

    /**
     * Checks that nothing is mounted in a directory.
     *
     * @return whether there is a table that says so
     * @throws DavitException {@code FAILED_PRECONDITION} naming what is
     */
    boolean requireNothingBelow(String directory) throws DavitException {
        Optional<List<MountEntry>> below =
                catalog.system().flatMap(s -> s.service().mountsBelow(directory));
        if (below.isPresent() && !below.get().isEmpty()) {
            MountEntry first = below.get().get(0);
            throw new DavitException(
                    Kind.FAILED_PRECONDITION,
                    "still mounted: path="
                            + Texts.quote(first.mountPoint())
                            + " type="
                            + Texts.quote(first.type())
                            + " count="
                            + below.get().size());
        }
        return below.isPresent();
    }
}

package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.spi.mount.MountHandler;
import io.davit.spi.mount.SystemMounts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Performs one mount.
 *
 * @param parts what the calls of the manager share
 * @param catalog who can do what
 * @param id the activation
 * @param before the mounts of the activation performed so far
 */
record MountStep(ManagerParts parts, Catalog catalog, long id, List<ActiveMount> before) {
    private static final Logger LOG = LoggerFactory.getLogger(MountStep.class);

    /**
     * Performs a transformed mount.
     *
     * @throws DavitException what handler or system threw, with the step in front; {@code INTERNAL}
     *     if a handler broke its contract
     */
    @SuppressWarnings("checkstyle:IllegalCatch") // foreign code may throw anything
    ActiveMount perform(PlannedMount planned, Mount mount, String entry) throws DavitException {
        String step =
                "mount "
                        + planned.index()
                        + " type="
                        + Texts.quote(mount.type())
                        + " by "
                        + planned.by();
        try {
            return planned.handler().isPresent()
                    ? handle(planned.handler().get().service(), mount, entry)
                    : mount(mount, entry);
        } catch (DavitException e) {
            throw e.during(step);
        } catch (RuntimeException | LinkageError e) {
            throw new DavitException(Kind.INTERNAL, step + ": " + e, e);
        }
    }

    private ActiveMount mount(Mount mount, String entry) {
        SystemMounts system = catalog.requireSystem();
        BindSources.require(
                mount,
                List.of(parts.settings().journal(), parts.targets().root()),
                parts.targets().of(id));
        parts.targets().createMountPoint(id, entry);
        String at = parts.targets().mountPoint(id, entry);
        system.mount(mount, at);
        return new ActiveMount(mount, at, Instant.now(), Map.of());
    }

    private ActiveMount handle(MountHandler handler, Mount mount, String entry) {
        String at = parts.targets().mountPoint(id, entry);
        ActiveMount done = handler.mount(mount, at, before);
        if (done == null) {
            takeBack(handler, at);
            throw new DavitException(Kind.INTERNAL, "the handler returned no mount");
        }
        if (!parts.rules().isAllowed(id, done.mountPoint())) {
            takeBack(handler, done.mountPoint());
            throw new DavitException(
                    Kind.INTERNAL,
                    "the handler put the mount elsewhere: path="
                            + Texts.quote(done.mountPoint())
                            + "; see mount.roots");
        }
        return done;
    }

    /** Undoes a mount that cannot be recorded. */
    @SuppressWarnings("checkstyle:IllegalCatch") // the handler has broken its contract already
    private static void takeBack(MountHandler handler, String at) {
        try {
            handler.unmount(at);
        } catch (RuntimeException e) {
            LOG.warn("refused mount not undone: path={}", at, e);
        }
    }
}

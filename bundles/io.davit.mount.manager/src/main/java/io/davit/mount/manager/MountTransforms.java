package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Texts;
import io.davit.mount.manager.PlannedMount.Link;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import java.util.function.Function;

/** Runs the transformers of one mount, left to right. */
final class MountTransforms {
    private MountTransforms() {}

    /**
     * Lets the transformers refuse before anything is done. One behind another is asked only if the
     * mount has no template, because otherwise it is not known what it will see.
     *
     * @throws DavitException {@code UNAVAILABLE} if one is not there now; what they refuse
     */
    static void check(PlannedMount planned) throws DavitException {
        boolean known = true;
        for (Link link : planned.chain()) {
            MountTransformer transformer = require(planned, link);
            Mount mount = planned.mount().withType(link.remaining());
            if (known) {
                guarded(
                        planned,
                        link,
                        () -> {
                            transformer.check(mount, planned.index());
                            return mount;
                        });
            }
            known &= !hasTemplate(mount);
        }
    }

    private static boolean hasTemplate(Mount mount) {
        return Template.isTemplate(mount.source())
                || Template.isTemplate(mount.target())
                || mount.options().stream().anyMatch(Template::isTemplate);
    }

    /**
     * Transforms a mount.
     *
     * @param contexts the context of the transformer of a prefix
     * @throws DavitException what a transformer threw; {@code INTERNAL} if it broke its contract
     */
    static Mount apply(PlannedMount planned, Function<String, TransformContext> contexts)
            throws DavitException {
        Mount mount = planned.mount();
        for (Link link : planned.chain()) {
            MountTransformer transformer = require(planned, link);
            Mount next = mount.withType(link.remaining());
            TransformContext context = contexts.apply(link.prefix());
            mount = guarded(planned, link, () -> transformer.transform(next, context));
        }
        return mount;
    }

    private static MountTransformer require(PlannedMount planned, Link link) {
        return link.transformer()
                .map(Provider::service)
                .orElseThrow(
                        () ->
                                new DavitException(
                                        Kind.UNAVAILABLE,
                                        "mount "
                                                + planned.index()
                                                + ": no transformer "
                                                + Texts.quote(link.prefix())
                                                + " is there now"));
    }

    /** A call of a transformer. */
    private interface Call {
        Mount run();
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // foreign code may throw anything
    private static Mount guarded(PlannedMount planned, Link link, Call call) {
        String step = link.prefix() + " mount " + planned.index();
        Mount mount;
        try {
            mount = call.run();
        } catch (DavitException e) {
            throw e.during(step);
        } catch (RuntimeException | LinkageError e) {
            throw new DavitException(Kind.INTERNAL, step + ": " + e, e);
        }
        if (mount == null) {
            throw new DavitException(Kind.INTERNAL, step + ": the transformer returned nothing");
        }
        return mount;
    }
}

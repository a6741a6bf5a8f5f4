package io.davit.mount.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.ActiveMount;
import io.davit.api.mount.Mount;
import io.davit.spi.mount.MountTransform;
import io.davit.spi.mount.MountTransformer;
import io.davit.spi.mount.TransformContext;

import org.osgi.service.component.annotations.Component;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The transformer {@code format}: inserts sources, targets and mount points of earlier mounts into
 * source, target and options.
 */
@Component(name = "io.davit.mount.manager.format", service = MountTransformer.class)
@MountTransform("format")
public final class FormatTransformer implements MountTransformer {
    private static final int MOST_BYTES = 4096;
    private static final int MOST_OPTION_BYTES = 65536;
    private static final List<String> OVERLAY_PATHS = List.of("lowerdir=", "upperdir=", "workdir=");

    /** What to do with one value of a mount. */
    private interface Step {
        String apply(String value, int most, UnaryOperator<String> escape);
    }

    @Override
    public void check(Mount mount, int before) throws DavitException {
        apply(
                mount,
                (value, most, escape) -> {
                    parse(value, most).check(before);
                    return value;
                });
    }

    @Override
    public Mount transform(Mount mount, TransformContext context) throws DavitException {
        List<ActiveMount> active = context.active();
        return apply(
                mount, (value, most, escape) -> parse(value, most).expand(active, escape, most));
    }

    /** Parses a value that is short enough to be worth it. */
    static Template parse(String value, int most) {
        if (value.length() > most) {
            throw TemplateParser.refused(1, "the text is longer than " + most + " bytes");
        }
        return TemplateParser.parse(value);
    }

    private static Mount apply(Mount mount, Step step) {
        String source = apply("source", mount.source(), MOST_BYTES, UnaryOperator.identity(), step);
        String target = apply("target", mount.target(), MOST_BYTES, UnaryOperator.identity(), step);
        boolean overlay = fileSystem(mount.type()).equals("overlay");
        List<String> options = new ArrayList<>();
        for (String option : mount.options()) {
            options.add(
                    apply(
                            "option " + options.size(),
                            option,
                            MOST_OPTION_BYTES,
                            overlay && isOverlayPath(option)
                                    ? FormatTransformer::escapeOverlay
                                    : UnaryOperator.identity(),
                            step));
        }
        return new Mount(mount.type(), source, target, options);
    }

    private static String apply(
            String field, String value, int most, UnaryOperator<String> escape, Step step) {
        if (!Template.isTemplate(value)) {
            return value;
        }
        try {
            return step.apply(value, most, escape);
        } catch (DavitException e) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT, "cannot format " + field + ": " + e.getMessage(), e);
        }
    }

    private static String fileSystem(String type) {
        return type.substring(type.lastIndexOf('/') + 1);
    }

    private static boolean isOverlayPath(String option) {
        return OVERLAY_PATHS.stream().anyMatch(option::startsWith);
    }

    /** Escapes what the overlay filesystem takes for a separator inside a path. */
    private static String escapeOverlay(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }
}

package io.davit.oci;

import io.davit.api.names.Texts;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A mount that the runtime makes inside the root filesystem.
 *
 * @param destination where, an absolute path in the container; not {@code null}
 * @param type the file system; not {@code null}
 * @param source what is mounted; not {@code null}
 * @param options options, in order; copied
 * @param uidMappings mapped users; copied
 * @param gidMappings mapped groups; copied
 * @since 1.0
 */
public record SpecMount(
        String destination,
        Optional<String> type,
        Optional<String> source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {
    private static final int MOST_OPTIONS = 64;

    /** Copies the lists. */
    public SpecMount {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(source, "source");
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /**
     * Tells whether this is a bind mount, by its type or by an option.
     *
     * @return {@code true} for {@code bind} and {@code rbind}
     */
    public boolean isBind() {
        return type.filter("bind"::equals).isPresent()
                || options.contains("bind")
                || options.contains("rbind");
    }

    static SpecMount read(JsonObject mount) {
        String destination = mount.requireText("destination");
        SpecRules.requirePath(mount, "destination", destination);
        if (!destination.startsWith("/") || ("/" + destination + "/").contains("/../")) {
            String quoted = Texts.quote(destination);
            throw mount.invalid("destination", quoted + " must be absolute, without ..");
        }
        Optional<String> type = mount.text("type").filter(text -> !text.isEmpty());
        type.ifPresent(text -> SpecRules.requirePath(mount, "type", text));
        Optional<String> source = mount.text("source").filter(text -> !text.isEmpty());
        source.ifPresent(text -> SpecRules.requirePath(mount, "source", text));
        return new SpecMount(
                destination,
                type,
                source,
                options(mount),
                mount.objects("uidMappings", IdMapping::read),
                mount.objects("gidMappings", IdMapping::read));
    }

    private static List<String> options(JsonObject mount) {
        List<String> options = mount.texts("options");
        if (options.size() > MOST_OPTIONS) {
            throw mount.invalid("options", "are more than " + MOST_OPTIONS);
        }
        for (String option : options) {
            SpecRules.requirePath(mount, "options", option);
        }
        return options;
    }
}
